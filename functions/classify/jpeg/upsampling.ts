/** Samples of a component -> one for each wanted pixel: libjpeg-turbo's "fancy" upsampling, or plain repetition. */
import type { Axis, Component } from './sampling-plan.ts';

/**
 * Writes the component's values for the wanted row `i`, whose y is `y`, one for each of the wanted `columns`.
 * Where a direction has half the samples, a pixel is 3/4 the sample that it lies in and 1/4 the one next to it; ties are
 * rounded up and down in turn.
 */
export const upsampleRow = (
  component: Component,
  i: number,
  y: number,
  columns: Int32Array,
  target: Uint8Array,
): void => {
  const { rows, columns: axis, samples, rowOffsets } = component;
  const width = axis.needed.length;
  const near = samples.subarray(rowOffsets[rows.main[i]], rowOffsets[rows.main[i]] + width);
  if (!rows.isSmooth) {
    if (axis.isSmooth) mixAcross(near, axis, columns, target);
    else repeat(near, axis, target);
    return;
  }
  const next = samples.subarray(rowOffsets[rows.neighbour[i]], rowOffsets[rows.neighbour[i]] + width);
  if (axis.isSmooth) mixBoth(near, next, axis, columns, target);
  else mixDown(near, next, axis, y, target);
};

const repeat = (near: Uint8ClampedArray, axis: Axis, target: Uint8Array): void => {
  if (near.length === target.length) target.set(near);
  else for (let i = 0; i < target.length; i++) target[i] = near[axis.main[i]];
};

const mixAcross = (near: Uint8ClampedArray, axis: Axis, columns: Int32Array, target: Uint8Array): void => {
  for (let i = 0; i < target.length; i++) {
    const sum = 3 * near[axis.main[i]] + near[axis.neighbour[i]];
    target[i] = (sum + 1 + (columns[i] & 1)) >> 2;
  }
};

const mixDown = (
  near: Uint8ClampedArray,
  next: Uint8ClampedArray,
  axis: Axis,
  y: number,
  target: Uint8Array,
): void => {
  const rounding = 1 + (y & 1);
  for (let i = 0; i < target.length; i++) {
    const x = axis.main[i];
    target[i] = (3 * near[x] + next[x] + rounding) >> 2;
  }
};

const mixBoth = (
  near: Uint8ClampedArray,
  next: Uint8ClampedArray,
  axis: Axis,
  columns: Int32Array,
  target: Uint8Array,
): void => {
  const sums = new Int16Array(near.length);
  for (let x = 0; x < sums.length; x++) sums[x] = 3 * near[x] + next[x];
  for (let i = 0; i < target.length; i++) {
    const sum = 3 * sums[axis.main[i]] + sums[axis.neighbour[i]];
    target[i] = (sum + 8 - (columns[i] & 1)) >> 4;
  }
};
