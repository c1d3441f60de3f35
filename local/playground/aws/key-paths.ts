/** Maps any S3 key to a path that every file system accepts, and back. */

/**
 * Encodes a key as a relative path. Segments stay readable: characters that some file system refuses become `%XX`, an empty
 * segment becomes `%`, and a segment that is too long for a file name continues in a folder whose name ends in `%+`.
 */
export function keyToPath(key: string): string {
  return key.split('/').map(encodeSegment).join('/');
}

/** Decodes a path that `keyToPath` returned. */
export function pathToKey(path: string): string {
  return path
    .replaceAll('%+/', '')
    .split('/')
    .map((name) => decodeName(name))
    .join('/');
}

// File systems allow 255 bytes; the rest is for the suffixes of the store.
const maxNameBytes = 200;

// NUL and other control characters, the escape itself, and the characters that Windows reserves.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what has to be encoded.
const reserved = /[\x00-\x1f\x7f%<>:"\\|?*]/;

function encodeSegment(segment: string): string {
  if (segment === '') return '%';
  const characters = [...segment].map((character) =>
    reserved.test(character) ? percentEncode(character) : character,
  );
  // `.` and `..` are folders, and Windows drops a trailing dot or space.
  if (/[. ]/.test(characters.at(-1)!)) characters[characters.length - 1] = percentEncode(characters.at(-1)!);
  return splitLongName(characters).join('%+/').replaceAll('._S3rver_', '%2E_S3rver_');
}

function percentEncode(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}

function splitLongName(characters: readonly string[]): string[] {
  const names = [''];
  for (const character of characters) {
    const name = names.at(-1)!;
    if (Buffer.byteLength(name + character) <= maxNameBytes) names[names.length - 1] = name + character;
    else names.push(character);
  }
  return names;
}

function decodeName(name: string): string {
  if (name === '%') return '';
  return name.replaceAll(/%([\dA-F]{2})/g, (_, code) => String.fromCharCode(Number.parseInt(code, 16)));
}
