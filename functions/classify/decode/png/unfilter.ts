/** Reverses the filters, which store a scanline as differences from its neighbours (PNG specification, clause 9). */
import { CorruptImage } from '../../image/rejections.ts';
import type { Address, Kernels } from '../shared/kernels.ts';

/** Bytes behind each scanline that may be read and written. */
export const slackBytes = 16;

/**
 * Restores a scanline in place.
 *
 * @param above the restored scanline above; zeros for the first
 * @param step bytes per pixel, at least 1
 * @throws {CorruptImage} the filter does not exist
 */
export function unfilter(
  kernels: Kernels,
  filter: number,
  line: Address,
  above: Address,
  bytes: number,
  step: number,
): void {
  if (filter > filters.paeth) throw new CorruptImage(`the filter ${filter} does not exist`);
  kernels.unfilter(filter, line, above, bytes, step);
}

export const filters = { none: 0, sub: 1, up: 2, average: 3, paeth: 4 };
