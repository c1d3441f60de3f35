/** The model that `cdk deploy` will deploy, known before it runs. */

/**
 * @param args Of `cdk deploy`: `-c model=NAME`, `--context model=NAME` or `--context=model=NAME`; the last one counts.
 * @param context Of cdk.json.
 */
export function deployedModel(args: readonly string[], context: { readonly model: string }): string {
  const given = args.flatMap((arg, index) => {
    if (arg === '-c' || arg === '--context') return [args[index + 1] ?? ''];
    return arg.startsWith('--context=') ? [arg.slice('--context='.length)] : [];
  });
  return given.findLast((text) => text.startsWith('model='))?.slice('model='.length) ?? context.model;
}
