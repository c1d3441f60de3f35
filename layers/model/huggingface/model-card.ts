/** The licence in a model card: the YAML between two lines of dashes at the start of README.md. */

/** @returns The licence's name, or its short form on the hub (`apache-2.0`); nothing if the card does not state one. */
export function licenceOf(card: string): string | undefined {
  const [, frontMatter = ''] = /^\uFEFF?---\r?\n([\s\S]*?)\r?\n---/.exec(card) ?? [];
  const field = (name: string) =>
    new RegExp(`^${name}:[ \\t]*(?:-[ \\t]*)?["']?([^"'\\r\\n#]+)`, 'm').exec(frontMatter)?.[1]?.trim() ||
    undefined;
  const licence = field('license') ?? /^license:\s*\n\s*-\s*([\w.-]+)/m.exec(frontMatter)?.[1];
  return licence === 'other' ? (field('license_name') ?? licence) : licence;
}

/** The licence for people, with a warning where it is missing, excludes commercial use or has to be read. */
export function describeLicence(licence: string): string {
  if (licence === 'not stated') return 'not stated: ask the owner of the weights before you use them';
  if (/(^|[-\s])nc([-\s]|$)|non-?commercial/i.test(licence))
    return `${licence}, which excludes commercial use`;
  return licence === 'other' ? 'other: read it on the model card' : licence;
}
