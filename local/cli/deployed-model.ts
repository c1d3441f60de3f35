/** Reads the arguments of `cdk deploy`: the settings, the model among them, and options that it would ignore. */

/** @returns `NAME=VALUE` of each `-c NAME=VALUE`, `--context NAME=VALUE` and `--context=NAME=VALUE`. */
export function settingsIn(args: readonly string[]): string[] {
  return args.flatMap((arg, index) => {
    if (arg === '-c' || arg === '--context') return [args[index + 1] ?? ''];
    return arg.startsWith('--context=') ? [arg.slice('--context='.length)] : [];
  });
}

/**
 * Finds the model that `cdk deploy` will deploy.
 *
 * @param args Arguments of `cdk deploy`; the last model wins.
 * @param context The context of cdk.json, as the default.
 */
export function deployedModel(args: readonly string[], context: { readonly model: string }): string {
  const given = settingsIn(args).findLast((text) => text.startsWith('model='));
  return given?.slice('model='.length) ?? context.model;
}

/** @returns A sentence about a setting without a value, or an option of another command: `cdk deploy` would ignore both. */
export function describeIgnored(args: readonly string[]): string | undefined {
  const setting = settingsIn(args).find((text) => !text.includes('='));
  if (setting !== undefined) return `-c takes NAME=VALUE, and is given ${setting || 'nothing'}`;
  const options = args.map((arg) => arg.replace(/=.*/s, ''));
  const option = options.find((name) => Object.hasOwn(settingsOfOptions, name));
  return option && `deploy has no option ${option}; write: -c ${settingsOfOptions[option]}`;
}

const settingsOfOptions: Readonly<Record<string, string>> = {
  '--model': 'model=NAME',
  '--label-rules': 'labelRules=FILE',
  '--heic': 'heic=true',
  '--stack': 'bucketlens:stack=NAME',
  '--bucket': 'bucketName=NAME',
  '--prefix': 'prefix=PREFIX',
  '--suffix': 'suffixes=SUFFIX',
};
