/** Notices settings that `npm run synth` has not passed on to the CDK. */
import { InvalidSetting } from '../constructs/settings/invalid-setting.ts';

/**
 * npm takes `-c` before `--` for its own `--call`, and runs the script without it. `bucketlens deploy` notices that by itself.
 *
 * @throws InvalidSetting that shows how to write it.
 */
export function assertNoneKeptByNpm(env: NodeJS.ProcessEnv): void {
  if (env.npm_lifecycle_event !== 'synth') return;
  const setting = [env.npm_config_call, env.npm_config_context].find((text) =>
    /^[a-z][\w.:]*=/.test(text ?? ''),
  );
  if (setting) {
    throw new InvalidSetting(`npm keeps options before -- for itself; write: npm run synth -- -c ${setting}`);
  }
}
