/**
 * The inverse DCT (ITU-T T.81, clause A.3.3), as libjpeg-turbo computes it by default ("islow"): columns first, then rows.
 *
 * No rounding happens within a pass, so each pass is exactly an integer matrix product. That makes single samples cheap: one
 * needs a row of the first pass and a column of the second, not the whole block.
 */

import type { Component } from '../syntax/sampling-plan.ts';
import { butterfly, columnShift, rowShift } from './butterfly.ts';
import type { CoefficientList } from './coefficients.ts';
import { transformExtreme } from './idct-extremes.ts';

/** Writes the needed samples of a block. */
export function reconstruct(
  component: Component,
  blockX: number,
  blockY: number,
  list: CoefficientList,
): void {
  const { start } = component.rows;
  if (list.magnitude > maxPlainMagnitude) {
    transformExtreme(list, block);
    copyNeeded(component, blockX, blockY);
  } else if (list.length === 1) {
    fillNeeded(component, blockX, blockY, ((list.values[0] + 4) >> 3) + 128);
  } else if (start[blockY + 1] - start[blockY] >= rowsWorthAll) {
    transformAll(list);
    copyNeeded(component, blockX, blockY);
  } else {
    transformNeeded(component, blockX, blockY, list);
  }
}

/** Clears the scratch arrays. Call before each image: an earlier one may have been interrupted within a block. */
export function clearScratch(): void {
  coefficients.fill(0);
}

/** Below this, nothing can overflow the 16 bits of libjpeg-turbo's vector code. */
const maxPlainMagnitude = 5600;
/** From this many needed rows, the butterfly costs less than the matrix. */
const rowsWorthAll = 7;

// Round to nearest and shift the samples from -128..127 to 0..255.
const columnBias = 1 << (columnShift - 1);
const rowBias = (1 << (rowShift - 1)) + (128 << rowShift);

/** Scratch arrays: unclamped samples; coefficients in natural order, zero between blocks; and those after the column pass. */
const block = new Int32Array(64);
const coefficients = new Int32Array(64);
const columnSums = new Int32Array(64);

/** Computes all 64 samples. */
function transformAll({ positions, values, length }: CoefficientList): void {
  let columnsWithAc = 0;
  for (let i = 0; i < length; i++) {
    coefficients[positions[i]] = values[i];
    if (positions[i] >= 8) columnsWithAc |= 1 << (positions[i] & 7);
  }
  for (let x = 0; x < 8; x++) {
    if ((columnsWithAc >> x) & 1) butterfly(coefficients, columnSums, x, 8, columnBias, columnShift);
    else for (let y = x; y < 64; y += 8) columnSums[y] = coefficients[x] << 2;
  }
  for (let y = 0; y < 64; y += 8) butterfly(columnSums, block, y, 1, rowBias, rowShift);
  for (let i = 0; i < length; i++) coefficients[positions[i]] = 0;
}

/** The inverse DCT as a matrix: output y is the sum of basis[8 * y + k] * input k. */
export const basis = (() => {
  const matrix = new Int32Array(64);
  const unit = new Int32Array(8);
  const output = new Int32Array(8);
  for (let k = 0; k < 8; k++) {
    unit.fill(0);
    unit[k] = 1;
    butterfly(unit, output, 0, 1, 0, 0);
    for (let y = 0; y < 8; y++) matrix[8 * y + k] = output[y];
  }
  return matrix;
})();

/** Computes only the needed samples, row by row. */
function transformNeeded(component: Component, blockX: number, blockY: number, list: CoefficientList): void {
  const { columns, rows, samples, rowOffsets } = component;
  const firstColumn = columns.start[blockX];
  const endColumn = columns.start[blockX + 1];
  for (let r = rows.start[blockY]; r < rows.start[blockY + 1]; r++) {
    sumColumns(list, rows.needed[r] & 7);
    transformRow(columns.needed, firstColumn, endColumn, samples, rowOffsets[r]);
  }
}

/** Computes row y of the column pass, not yet shifted, into the first 8 entries of `columnSums`. */
function sumColumns({ positions, values, length }: CoefficientList, y: number): void {
  const row = 8 * y;
  columnSums[0] = (values[0] << 13) + columnBias;
  for (let x = 1; x < 8; x++) columnSums[x] = columnBias;
  for (let i = 1; i < length; i++) {
    const position = positions[i];
    columnSums[position & 7] += Math.imul(basis[row + (position >> 3)], values[i]);
  }
}

/** Computes the needed samples of the row in `columnSums`. */
function transformRow(
  needed: Int32Array,
  first: number,
  end: number,
  samples: Uint8ClampedArray,
  offset: number,
): void {
  const { imul } = Math;
  const in0 = ((columnSums[0] >> columnShift) << 13) + rowBias;
  const in1 = columnSums[1] >> columnShift;
  const in2 = columnSums[2] >> columnShift;
  const in3 = columnSums[3] >> columnShift;
  const in4 = columnSums[4] >> columnShift;
  const in5 = columnSums[5] >> columnShift;
  const in6 = columnSums[6] >> columnShift;
  const in7 = columnSums[7] >> columnShift;
  for (let c = first; c < end; c++) {
    const row = 8 * (needed[c] & 7);
    const low = imul(in1, basis[row + 1]) + imul(in2, basis[row + 2]) + imul(in3, basis[row + 3]);
    const high = imul(in5, basis[row + 5]) + imul(in6, basis[row + 6]) + imul(in7, basis[row + 7]);
    samples[offset + c] = (in0 + low + imul(in4, basis[row + 4]) + high) >> rowShift;
  }
}

function copyNeeded(component: Component, blockX: number, blockY: number): void {
  const { columns, rows, samples, rowOffsets } = component;
  const firstColumn = columns.start[blockX];
  const endColumn = columns.start[blockX + 1];
  for (let r = rows.start[blockY]; r < rows.start[blockY + 1]; r++) {
    const to = rowOffsets[r];
    const from = 8 * (rows.needed[r] & 7);
    for (let c = firstColumn; c < endColumn; c++) samples[to + c] = block[from + (columns.needed[c] & 7)];
  }
}

function fillNeeded(component: Component, blockX: number, blockY: number, sample: number): void {
  const { columns, rows, samples, rowOffsets } = component;
  const firstColumn = columns.start[blockX];
  const endColumn = columns.start[blockX + 1];
  for (let r = rows.start[blockY]; r < rows.start[blockY + 1]; r++) {
    const to = rowOffsets[r];
    for (let c = firstColumn; c < endColumn; c++) samples[to + c] = sample;
  }
}
