import { describe, expect, it } from 'vitest';
import { backfillCommand } from '../../../local/cli/backfill.ts';
import { explainOptionsKeptByNpm } from '../../../local/cli/command.ts';
import { deployCommand } from '../../../local/cli/deploy.ts';
import { startCommand } from '../../../local/cli/start.ts';
import { templateCommand } from '../../../local/cli/template.ts';
import { tensorCommand } from '../../../local/cli/tensor.ts';
import { start, untilEnd } from '../../support/run.ts';

describe('explainOptionsKeptByNpm', () => {
  it.each([
    [startCommand(), { npm_config_port: '8080' }, 'npm start -- --port 8080'],
    [startCommand(), { npm_config_port: 'true' }, 'npm start -- --port 3000', ['3000']],
    [startCommand(), { npm_config_port: 'true' }, 'npm start -- --port <PORT>'],
    [
      startCommand(),
      { npm_config_port: 'true', npm_config_json: 'true' },
      'npm start -- --port 80 --json',
      ['80'],
    ],
    [
      startCommand(),
      { npm_config_port: 'true', npm_config_data: 'true' },
      'npm start -- --port <PORT> --data <DIR>',
      ['3000', 'photos'],
    ],
    [
      backfillCommand(),
      { npm_config_bucket: 'photos', npm_config_dry_run: 'true' },
      'npm run backfill -- --bucket photos --dry-run',
    ],
  ])('says how to pass the options of %s', (command, env, line, args: string[] = []) => {
    const said = explainOptionsKeptByNpm(command, { npm_lifecycle_event: command.name(), ...env }, args);

    expect(said).toBe(`npm keeps options before -- for itself; write: ${line}`);
  });

  it.each([
    [
      deployCommand(),
      { npm_config_call: 'bucketName=my-photos' },
      'npm run deploy -- -c bucketName=my-photos',
    ],
    [deployCommand(), { npm_config_call: 'model' }, 'npm run deploy -- -c model'],
    [templateCommand(), { npm_config_call: 'queue.batchSize=5' }, 'npm run template -- -c queue.batchSize=5'],
    [deployCommand(), { npm_config_context: 'topK=3' }, 'npm run deploy -- --context topK=3'],
    [deployCommand(), { npm_config_profile: 'work' }, 'npm run deploy -- --profile work'],
    [tensorCommand(), { npm_config_o: 'true' }, 'npm run tensor -- --output <OUT.npy>'],
  ])('notices settings and short options of %s', (command, env, line) => {
    const said = explainOptionsKeptByNpm(command, { npm_lifecycle_event: command.name(), ...env }, []);

    expect(said?.replace(' (of several -c, npm shows only the last)', '')).toBe(
      `npm keeps options before -- for itself; write: ${line}`,
    );
  });

  it('leaves the command of npx -c alone, and -c of commands without settings', () => {
    const underNpx = { npm_lifecycle_event: 'deploy', npm_config_call: 'npm run deploy' };
    const another = { npm_lifecycle_event: 'start', npm_config_call: 'topK=3' };

    expect(explainOptionsKeptByNpm(deployCommand(), underNpx, [])).toBeUndefined();
    expect(explainOptionsKeptByNpm(startCommand(), another, [])).toBeUndefined();
  });

  it.each([
    ['another script', { npm_lifecycle_event: 'test', npm_config_port: '8080' }],
    ['npx', { npm_lifecycle_event: 'npx', npm_config_port: '8080' }],
    ["npm's own configuration", { npm_lifecycle_event: 'start', npm_config_user_agent: 'npm' }],
  ])('says nothing under %s', (_, env) => {
    expect(explainOptionsKeptByNpm(startCommand(), env)).toBeUndefined();
  });

  it('ends npm run deploy -c with the sentence and 2, before anything is built', async () => {
    const env = { ...process.env, npm_lifecycle_event: 'deploy', npm_config_call: 'topK=3' };

    const { stderr, exitCode } = await untilEnd(start('deploy', [], env));

    expect(stderr).toContain('write: npm run deploy -- -c topK=3');
    expect(exitCode).toBe(2);
  });

  it('ends npm start --port with the sentence and 2', async () => {
    const env = { ...process.env, npm_lifecycle_event: 'start', npm_config_port: 'true' };

    const { stderr, exitCode } = await untilEnd(start('start', ['8080'], env));

    expect(stderr).toContain('write: npm start -- --port 8080');
    expect(exitCode).toBe(2);
  });
});
