/** CMYK to RGB, by Pillow's rules. */

/** The light of a channel under its ink and black, each 0 (none) to 255 (full). */
export function underBlack(ink: number, black: number): number {
  const light = 255 - black;
  const product = ink * light + 128;
  return Math.max(0, light - (((product >> 8) + product) >> 8));
}
