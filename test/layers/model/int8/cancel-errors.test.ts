import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cancelErrors } from '../../../../layers/model/int8/cancel-errors.ts';
import { peakScales, type RoundedKernel, roundKernel } from '../../../../layers/model/int8/rounding.ts';

const greatest = 64;

function round(kernel: { dims: number[]; values: Float32Array }, axis: number): RoundedKernel {
  return roundKernel(kernel, axis, peakScales(kernel, axis, greatest), greatest);
}

describe('cancelErrors', () => {
  it('lets the errors of inputs that are always equal cancel out', () => {
    const kernel = { dims: [1, 3], values: Float32Array.of(1, 0.4, 0.4) };
    const rounded = roundKernel(kernel, 0, Float32Array.of(1), greatest);

    cancelErrors(kernel, rounded, new Float32Array(9).fill(1), greatest);

    expect([...rounded.integers].reduce((a, b) => a + b)).toBe(2);
  });

  it('keeps the nearest integers for inputs that do not vary together', () => {
    const kernel = { dims: [2, 2], values: Float32Array.of(1, 0.3, -0.2, 0.7) };
    const rounded = round(kernel, 0);
    const nearest = [...rounded.integers];

    cancelErrors(kernel, rounded, Float32Array.of(1, 0, 0, 2), greatest);

    expect([...rounded.integers]).toEqual(nearest);
  });

  it('does not change the weights of inputs that never vary', () => {
    const kernel = { dims: [1, 2], values: Float32Array.of(1, 0.3) };
    const rounded = round(kernel, 0);
    const nearest = [...rounded.integers];

    cancelErrors(kernel, rounded, new Float32Array(4), greatest);

    expect([...rounded.integers]).toEqual(nearest);
  });

  const weights = fc.array(fc.float({ noNaN: true, min: -2, max: 2 }), { minLength: 24, maxLength: 24 });
  const factors = fc.array(fc.float({ noNaN: true, min: -2, max: 2 }), { minLength: 9, maxLength: 9 });

  it.each([
    ['a convolution', [2, 3, 2, 2], 0],
    ['a dense layer', [8, 3], 0],
    ['a matrix product', [3, 8], 1],
  ])('never makes the error of an output of %s larger, nor an integer too large', (_, dims, axis) => {
    fc.assert(
      fc.property(weights, factors, (values, mixing) => {
        const kernel = { dims, values: Float32Array.from(values) };
        const covariance = covarianceOf(mixing);
        const rounded = round(kernel, axis);
        const before = errorsOf(kernel.values, rounded, covariance);

        cancelErrors(kernel, rounded, covariance, greatest);

        const after = errorsOf(kernel.values, rounded, covariance);
        for (const [i, error] of after.entries()) expect(error).toBeLessThanOrEqual(before[i]! + 1e-5);
        expect(Math.max(...rounded.integers.map(Math.abs))).toBeLessThanOrEqual(greatest);
      }),
    );
  });
});

/** The covariance of three inputs that mix three independent ones. */
function covarianceOf(mixing: readonly number[]): Float32Array {
  return Float32Array.from({ length: 9 }, (_, i) => {
    const [row, column] = [Math.floor(i / 3), i % 3];
    return [0, 1, 2].reduce((sum, k) => sum + mixing[row * 3 + k]! * mixing[column * 3 + k]!, 0);
  });
}

/** The variance of the error of each output, for each pixel of the kernel. */
function errorsOf(
  values: Float32Array,
  { integers, dims, axis, scales }: RoundedKernel,
  covariance: Float32Array,
): number[] {
  const pixels = (dims[2] ?? 1) * (dims[3] ?? 1);
  return Array.from({ length: scales.length * pixels }, (_, n) => {
    const [output, pixel] = [Math.floor(n / pixels), n % pixels];
    const errors = [0, 1, 2].map((c) => {
      const i = axis === 0 ? (output * 3 + c) * pixels + pixel : c * scales.length + output;
      return values[i]! - integers[i]! * scales[output]!;
    });
    return errors.reduce(
      (sum, a, row) => sum + errors.reduce((s, b, column) => s + a * b * covariance[row * 3 + column]!, 0),
      0,
    );
  });
}
