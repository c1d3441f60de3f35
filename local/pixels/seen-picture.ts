/**
 * The picture that a network sees, and the way of each of its pixels from the image file to the tensor. Also runs in the
 * browser.
 */
import {
  colourOf,
  followPixel,
  orderOf,
  type PixelStep,
} from '../../functions/classify/tensor/arithmetic.ts';
import type { PixelView } from '../../functions/classify/tensor/pixel-view.ts';
import type { Preprocessing } from '../../functions/classify/tensor/preprocess.ts';

/** From the left and from the top, from 0. */
export interface Position {
  readonly x: number;
  readonly y: number;
}

export interface SeenPicture {
  readonly format: string;
  /** As stored. */
  readonly width: number;
  readonly height: number;
  /** The picture as scaled, upright, before the arithmetic. */
  readonly view: PixelView;
  /** The columns and rows of the file that were taken. Absent where the filter mixes several pixels. */
  readonly taken?: { readonly columns: Int32Array; readonly rows: Int32Array };
  readonly mode: Preprocessing['mode'];
}

export interface PixelTrace extends Pick<SeenPicture, 'format' | 'width' | 'height'> {
  /** The pixel of the file that was taken. Absent where the filter mixes several. */
  readonly stored?: Position;
  readonly order: string;
  readonly steps: readonly PixelStep[];
}

/** Traces the pixel at a position in the network's input. */
export function traceAt(seen: SeenPicture, { x, y }: Position): PixelTrace {
  const { format, width, height, view, taken, mode } = seen;
  const start = view.offset + x * view.strideX + y * view.strideY;
  const stored = taken && storedPosition(taken, start / 3);
  const steps = followPixel(view.data.subarray(start, start + 3), mode);
  return { format, width, height, ...(stored && { stored }), order: orderOf(mode), steps };
}

/** @param index The pixel's place in the scaled picture, which lies in memory as the file does: not turned. */
function storedPosition({ columns, rows }: NonNullable<SeenPicture['taken']>, index: number): Position {
  return { x: columns[index % columns.length]!, y: rows[Math.floor(index / columns.length)]! };
}

/** The values of one channel after one step. */
export interface Plane {
  /** The channel's letter. */
  readonly channel: string;
  /** For each of the 256 values of the pixel. */
  readonly values: readonly number[];
  /** The pixel's byte at each position, row by row; a mixed pixel's is rounded. */
  readonly bytes: Uint8Array;
}

/** The planes of every channel after every step, by the names of the steps. */
export function planesOf({ view, mode }: SeenPicture): { readonly name: string; readonly planes: Plane[] }[] {
  const traces = Array.from({ length: 256 }, (_, byte) => followPixel([byte, byte, byte], mode));
  const channels = [...orderOf(mode)];
  const bytes = channels.map((letter) => bytesOf(view, colourOf(letter)));
  return traces[0]!.map(({ name }, step) => ({
    name,
    planes: channels.map((channel, c) => ({
      channel,
      values: traces.map((steps) => steps[step]!.values[c]!),
      bytes: bytes[c]!,
    })),
  }));
}

function bytesOf({ data, width, height, offset, strideX, strideY }: PixelView, colour: number): Uint8Array {
  return Uint8Array.from({ length: width * height }, (_, i) =>
    Math.round(data[offset + (i % width) * strideX + Math.floor(i / width) * strideY + colour]!),
  );
}

/** The fewest digits that name this float32, as NumPy prints it. */
export function shortest(value: number): string {
  const digits = Array.from({ length: 9 }, (_, i) => Number(value.toPrecision(i + 1)));
  return String(digits.find((rounded) => Math.fround(rounded) === value) ?? value);
}
