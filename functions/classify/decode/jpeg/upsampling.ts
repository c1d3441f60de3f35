/** Upsamples a component to the selected pixels: libjpeg-turbo's "fancy" upsampling, or plain repetition. */
import type { Axis, Component } from './syntax/sampling-plan.ts';

/**
 * Writes one value for each of the selected `columns` of the `i`-th selected row, which is row `y` of the image.
 * In a direction with half the samples, a pixel is 3/4 of the sample it lies in and 1/4 of the nearest neighbour; ties round
 * up and down alternately.
 */
export function upsampleRow(
  component: Component,
  i: number,
  y: number,
  columns: Int32Array,
  target: Uint8Array,
): void {
  const { rows, columns: axis, samples, rowOffsets, line } = component;
  const near = rowOffsets[rows.main[i]];
  const next = rowOffsets[rows.neighbour[i]];
  if (!rows.isSmooth && !axis.isSmooth) {
    repeat(samples.subarray(near, near + axis.needed.length), axis, target);
  } else if (!axis.isSmooth) {
    mixDown(samples, near, next, 1 + (y & 1), line);
    for (let x = 0; x < target.length; x++) target[x] = line[axis.main[x]] >> 2;
  } else if (!rows.isSmooth) {
    line.set(samples.subarray(near, near + axis.needed.length));
    mixAcross(line, axis, columns, target, { even: 1, odd: 2, shift: 2 });
  } else {
    mixDown(samples, near, next, 0, line);
    mixAcross(line, axis, columns, target, { even: 8, odd: 7, shift: 4 });
  }
}

function repeat(near: Uint8ClampedArray, axis: Axis, target: Uint8Array): void {
  if (near.length === target.length) target.set(near);
  else for (let i = 0; i < target.length; i++) target[i] = near[axis.main[i]];
}

/** Mixes the needed samples of the rows that start at `near` and `next`. The results are 4 times too large. */
function mixDown(
  samples: Uint8ClampedArray,
  near: number,
  next: number,
  rounding: number,
  line: Int16Array,
): void {
  for (let x = 0; x < line.length; x++) line[x] = 3 * samples[near + x] + samples[next + x] + rounding;
}

/** The values added at even and odd pixels before the shift. */
interface Rounding {
  readonly even: number;
  readonly odd: number;
  readonly shift: number;
}

function mixAcross(
  line: Int16Array,
  axis: Axis,
  columns: Int32Array,
  target: Uint8Array,
  rounding: Rounding,
): void {
  const { even, odd, shift } = rounding;
  const end = target.length;
  if (!axis.isRun || end < 4) {
    mixPixels(line, axis, columns, target, rounding, 0, end);
    return;
  }
  // In a run of adjacent columns, all pixels but those at the ends come in pairs that share a sample: no lookups needed.
  let i = 2 - (columns[0] & 1);
  mixPixels(line, axis, columns, target, rounding, 0, i);
  for (let sample = axis.main[i]; i + 2 < end; i += 2, sample++) {
    const near = 3 * line[sample];
    target[i] = (near + line[sample - 1] + even) >> shift;
    target[i + 1] = (near + line[sample + 1] + odd) >> shift;
  }
  mixPixels(line, axis, columns, target, rounding, i, end);
}

function mixPixels(
  line: Int16Array,
  { main, neighbour }: Axis,
  columns: Int32Array,
  target: Uint8Array,
  { even, odd, shift }: Rounding,
  from: number,
  end: number,
): void {
  for (let i = from; i < end; i++) {
    const bias = (columns[i] & 1) === 0 ? even : odd;
    target[i] = (3 * line[main[i]] + line[neighbour[i]] + bias) >> shift;
  }
}
