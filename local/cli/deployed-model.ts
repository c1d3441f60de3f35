/** Finds the model that `cdk deploy` will deploy. */

/**
 * @param args Arguments of `cdk deploy`; the last of `-c model=NAME`, `--context model=NAME`, `--context=model=NAME` wins.
 * @param context The context of cdk.json, as the default.
 */
export function deployedModel(args: readonly string[], context: { readonly model: string }): string {
  const given = args.flatMap((arg, index) => {
    if (arg === '-c' || arg === '--context') return [args[index + 1] ?? ''];
    return arg.startsWith('--context=') ? [arg.slice('--context='.length)] : [];
  });
  return given.findLast((text) => text.startsWith('model='))?.slice('model='.length) ?? context.model;
}
