/** Makes names chosen by strangers safe to print on a terminal. */

/** Escapes characters that control a terminal or the direction of text as `\u001b` and the like. */
export function printable(text: string): string {
  return text.replaceAll(
    /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
