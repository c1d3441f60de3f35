/** Reverses the filters, which store a scanline as differences from its neighbours (PNG specification, clause 9). */
import { CorruptImage } from '../../image/rejections.ts';

/**
 * Restores a scanline in place.
 *
 * @param above the restored scanline above; zeros for the first
 * @param step bytes per pixel, at least 1
 * @throws {CorruptImage} the filter does not exist
 */
export function unfilter(filter: number, line: Uint8Array, above: Uint8Array, step: number): void {
  switch (filter) {
    case filters.none:
      return;
    case filters.sub:
      for (let i = step; i < line.length; i++) line[i] += line[i - step];
      return;
    case filters.up:
      for (let i = 0; i < line.length; i++) line[i] += above[i];
      return;
    case filters.average:
      for (let i = 0; i < step; i++) line[i] += above[i] >> 1;
      for (let i = step; i < line.length; i++) line[i] += (line[i - step] + above[i]) >> 1;
      return;
    case filters.paeth:
      for (let i = 0; i < step; i++) line[i] += above[i];
      for (let i = step; i < line.length; i++) {
        line[i] += nearest(line[i - step], above[i], above[i - step]);
      }
      return;
    default:
      throw new CorruptImage(`the filter ${filter} does not exist`);
  }
}

export const filters = { none: 0, sub: 1, up: 2, average: 3, paeth: 4 };

/**
 * The Paeth predictor: whichever of left, above and upper left is nearest to left + above - upper left, the first on ties.
 * Uses masks of all ones or zeros instead of branches, whose mispredictions would triple the time.
 */
function nearest(left: number, above: number, upperLeft: number): number {
  const fromLeft = Math.abs(above - upperLeft);
  const fromAbove = Math.abs(left - upperLeft);
  const fromUpperLeft = Math.abs(left + above - 2 * upperLeft);
  const isAboveNearer = (fromAbove - fromLeft) >> 31;
  const least = fromLeft + ((fromAbove - fromLeft) & isAboveNearer);
  const isUpperLeftNearest = (fromUpperLeft - least) >> 31;
  const side = left ^ ((left ^ above) & isAboveNearer);
  return side ^ ((side ^ upperLeft) & isUpperLeftNearest);
}
