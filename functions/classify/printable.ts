/** What strangers have named, made fit for a terminal. */

/** Characters that steer a terminal or turn the direction of writing become `\u001b` and the like; all others stay. */
export function printable(text: string): string {
  return text.replaceAll(
    /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
