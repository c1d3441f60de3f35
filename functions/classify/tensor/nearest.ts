/** Pillow 13's nearest-neighbour scaling, bit for bit: ImagingScaleAffine's running sum. The pixels read are the scaled ones. */
import { type AxisPlan, appendTo, type Outputs, type Resampler, type Span } from './axis.ts';
import { packedView } from './pixel-view.ts';

export const nearestResampler: Resampler<AxisPlan> = {
  planAxis: (span, outputs) => ({ read: nearestIndices(span, outputs) }),
  mirrored: ({ read }, length) => ({ read: read.map((index) => length - 1 - index).reverse() }),
  emptyView: (width, height) => packedView(new Uint8Array(3 * width * height), width, height),
  open: (_columns, _rows, _startsDown, target) => ({ takeRow: appendTo(target) }),
};

/**
 * The source pixels that nearest-neighbour scaling takes.
 * The rounding errors of the running sum are part of the method: a closed form differs at 640, 1024, 1920 and many more sizes.
 */
export function nearestIndices(
  { from, size }: Omit<Span, 'length'>,
  { count, first, kept }: Outputs,
): Int32Array {
  const step = size / count;
  const indices = new Int32Array(kept);
  let position = from + step * 0.5;
  for (let i = 0; i < first; i++) position += step;
  for (let i = 0; i < kept; i++, position += step) indices[i] = position;
  return indices;
}
