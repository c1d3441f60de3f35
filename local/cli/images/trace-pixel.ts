/** Follows one pixel of a network's input from the image file to the tensor. */
import { decodeRows } from '../../../functions/classify/decode/decode.ts';
import { defaultLimits } from '../../../functions/classify/image/limits.ts';
import { followPixel, orderOf, type PixelStep } from '../../../functions/classify/tensor/arithmetic.ts';
import type { InputShape, Preprocessing } from '../../../functions/classify/tensor/preprocess.ts';
import { openReader } from '../../../functions/classify/tensor/preprocess.ts';
import type { Scaler } from '../../../functions/classify/tensor/scaler.ts';

/** From the left and from the top, from 0. */
export interface Position {
  readonly x: number;
  readonly y: number;
}

export interface PixelTrace {
  readonly format: string;
  /** As stored. */
  readonly width: number;
  readonly height: number;
  /** The pixel of the file that was taken. Absent where the filter mixes several. */
  readonly stored?: Position;
  readonly order: string;
  readonly steps: readonly PixelStep[];
}

/**
 * Traces the pixel at a position in the network's input.
 *
 * @throws ImageRejection as `decode` does.
 */
export async function tracePixel(
  bytes: Uint8Array,
  at: Position,
  { input, preprocess }: { readonly input: InputShape; readonly preprocess: Preprocessing },
): Promise<PixelTrace> {
  const { info, reader } = await decodeRows(bytes, defaultLimits, (info) =>
    openReader(info, input, preprocess),
  );
  const { data, offset, strideX, strideY } = reader.picture;
  const start = offset + at.x * strideX + at.y * strideY;
  const stored = preprocess.interpolation === 'nearest' ? storedPosition(reader, start / 3) : undefined;
  const { format, width, height } = info;
  const steps = followPixel(data.subarray(start, start + 3), preprocess.mode);
  return { format, width, height, ...(stored && { stored }), order: orderOf(preprocess.mode), steps };
}

/** @param index The pixel's place in the scaled picture, which lies in memory as the file does: not turned. */
function storedPosition({ selection, picture }: Scaler, index: number): Position | undefined {
  const { rows, columns } = selection;
  const isPadded = rows.length * columns.length !== picture.width * picture.height;
  if (isPadded) return undefined;
  return { x: columns[index % columns.length]!, y: rows[Math.floor(index / columns.length)]! };
}

/** Renders a trace as a table with a column per channel. */
export function describeTrace(file: string, at: Position, input: InputShape, trace: PixelTrace): string {
  const { width, height, stored, order, steps } = trace;
  const source = stored ? `pixel ${stored.x},${stored.y} of ` : '';
  const row = (title: string, cells: readonly string[]) =>
    [title.padEnd(12), ...cells.map((cell) => cell.padStart(13))].join('');
  return [
    `pixel ${at.x},${at.y} of ${input.width}x${input.height}, from ${source}${file} (${width}x${height})`,
    row('', [...order]),
    ...steps.map(({ name, values }) => row(name || 'pixel', values.map(shortest))),
  ].join('\n');
}

/** The fewest digits that name this float32, as NumPy prints it. */
function shortest(value: number): string {
  const digits = Array.from({ length: 9 }, (_, i) => Number(value.toPrecision(i + 1)));
  return String(digits.find((rounded) => Math.fround(rounded) === value) ?? value);
}
