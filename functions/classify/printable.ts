/** Makes names given by strangers safe for terminals and logs. */

/** Escapes characters that control a terminal or the writing direction, as `\u001b`; keeps all others. */
export function printable(text: string): string {
  return text.replaceAll(
    /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
