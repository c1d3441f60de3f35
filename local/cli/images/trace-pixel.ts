/** Follows one pixel of a network's input from the image file to the tensor. */
import type { InputShape } from '../../../functions/classify/tensor/preprocess.ts';
import { type NetworkFeed, readSeenPicture } from '../../pixels/read-seen-picture.ts';
import { type PixelTrace, type Position, shortest, traceAt } from '../../pixels/seen-picture.ts';

/**
 * Traces the pixel at a position in the network's input.
 *
 * @throws ImageRejection as `decode` does.
 */
export async function tracePixel(bytes: Uint8Array, at: Position, feed: NetworkFeed): Promise<PixelTrace> {
  return traceAt(await readSeenPicture(bytes, feed), at);
}

/** Renders a trace as a table with a column per channel. */
export function describeTrace(file: string, at: Position, input: InputShape, trace: PixelTrace): string {
  const { width, height, stored, order, steps } = trace;
  const source = stored ? `pixel ${stored.x},${stored.y} of ` : '';
  const rows = steps.map(({ name, values }) => ({ title: name || 'pixel', cells: values.map(shortest) }));
  // At least a space between columns, also of long values such as -0.00029411764.
  const titleWidth = Math.max(12, ...rows.map(({ title }) => title.length + 1));
  const cellWidth = Math.max(13, ...rows.flatMap(({ cells }) => cells.map((cell) => cell.length + 1)));
  const row = (title: string, cells: readonly string[]) =>
    [title.padEnd(titleWidth), ...cells.map((cell) => cell.padStart(cellWidth))].join('');
  return [
    `pixel ${at.x},${at.y} of ${input.width}x${input.height}, from ${source}${file} (${width}x${height})`,
    row('', [...order]),
    ...rows.map(({ title, cells }) => row(title, cells)),
  ].join('\n');
}
