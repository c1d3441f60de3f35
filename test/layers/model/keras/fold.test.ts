import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldBatchNormalisation } from '../../../../layers/model/keras/fold.ts';
import type { StoredTensor } from '../../../../layers/model/keras/hdf5.ts';
import type { UnitWeights } from '../../../../layers/model/keras/resnet.ts';

function tensor(values: readonly number[]): StoredTensor {
  return {
    path: '',
    shape: [values.length],
    isInteger: false,
    read: () => Float32Array.from(values),
  };
}

function unit(
  kernelShape: UnitWeights['kernelShape'],
  weights: Record<'kernel' | 'bias' | 'gamma' | 'beta' | 'mean' | 'variance', number[]>,
): UnitWeights {
  return {
    name: 'conv1',
    kernelShape,
    stride: 1,
    epsilon: 1.001e-5,
    kernel: tensor(weights.kernel),
    bias: tensor(weights.bias),
    gamma: tensor(weights.gamma),
    beta: tensor(weights.beta),
    mean: tensor(weights.mean),
    variance: tensor(weights.variance),
  };
}

const number = fc.integer({ min: -200, max: 200 }).map((n) => n / 100);
function numbers(length: number) {
  return fc.array(number, { minLength: length, maxLength: length });
}

describe('foldBatchNormalisation', () => {
  it('computes what a convolution and the normalisation after it compute', () => {
    // At one position, a 1x1 convolution is a product of a vector of 3 inputs with a matrix of 3 inputs by 2 outputs.
    const weights = fc.record({
      kernel: numbers(6),
      bias: numbers(2),
      gamma: numbers(2),
      beta: numbers(2),
      mean: numbers(2),
      variance: numbers(2).map((values) => values.map((value) => Math.abs(value) + 0.1)),
    });
    fc.assert(
      fc.property(weights, numbers(3), (w, pixel) => {
        const { kernel, bias } = foldBatchNormalisation(unit([1, 1, 3, 2], w));

        for (const o of [0, 1]) {
          const convolved = pixel.reduce((sum, value, i) => sum + value * w.kernel[i * 2 + o]!, w.bias[o]!);
          const expected =
            ((convolved - w.mean[o]!) / Math.sqrt(w.variance[o]! + 1.001e-5)) * w.gamma[o]! + w.beta[o]!;
          const found = pixel.reduce((sum, value, i) => sum + value * kernel[o * 3 + i]!, bias[o]!);
          expect(Math.abs(found - expected)).toBeLessThan(1e-4);
        }
      }),
    );
  });

  it("turns Keras' [height, width, in, out] to ONNX' [out, in, height, width]", () => {
    const [height, width, inputs, outputs] = [2, 3, 4, 5];
    const place = (h: number, w: number, i: number, o: number) =>
      ((h * width + w) * inputs + i) * outputs + o;
    const all = (value: number) => new Array<number>(outputs).fill(value);

    const { kernel } = foldBatchNormalisation(
      unit([height, width, inputs, outputs], {
        kernel: Array.from({ length: height * width * inputs * outputs }, (_, i) => i),
        bias: all(0),
        beta: all(0),
        mean: all(0),
        // Together these leave the kernel as it is.
        gamma: all(1),
        variance: all(1 - 1.001e-5),
      }),
    );

    expect(kernel[((4 * inputs + 3) * height + 1) * width + 2]).toBeCloseTo(place(1, 2, 3, 4), 3);
    expect(kernel[((2 * inputs + 1) * height + 0) * width + 1]).toBeCloseTo(place(0, 1, 1, 2), 3);
  });

  it.each([
    [
      'a kernel that is not a number',
      { kernel: [Number.NaN] },
      "layer 'conv1_conv' holds weights that are not finite",
    ],
    [
      'an infinite bias',
      { bias: [Number.POSITIVE_INFINITY] },
      "layer 'conv1_bn' holds weights that are not finite",
    ],
    ['a variance below zero', { variance: [-1] }, "layer 'conv1_conv' holds weights that are not finite"],
  ])('refuses %s', (_, wrong, message) => {
    const fine = { kernel: [1], bias: [1], gamma: [1], beta: [1], mean: [1], variance: [1] };

    expect(() => foldBatchNormalisation(unit([1, 1, 1, 1], { ...fine, ...wrong }))).toThrow(message);
  });
});
