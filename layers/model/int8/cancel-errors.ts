/** Rounds the weights of a layer together, so that their errors cancel out. */
import type { Constant } from './float-graph.ts';
import type { RoundedKernel } from './rounding.ts';

const sweeps = 3;

/**
 * Moves the integers of a kernel up and down, one by one, wherever that lowers the error of the layer's output.
 *
 * For the weights w of an output channel, rounded to q, that error has the variance (w - q)^T C (w - q), with the covariance C of the
 * inputs; its mean is left to the bias. The weights of different pixels of a kernel are taken one pixel at a time.
 *
 * Weights of inputs that hardly vary may move far. To limit them to two steps kept no more labels, on photos like those of the
 * calibration and on others.
 *
 * Coordinate descent from the nearest integers: Nair and Suggala, CDQuant, 2024. The aim is that of Nagel et al., Up or Down?
 * Adaptive Rounding for Post-Training Quantization, 2020.
 *
 * @param rounded Is changed in place.
 * @param covariance The covariances of the input channels, [channels, channels]: as many as the kernel has.
 */
export function cancelErrors(
  { values }: Constant,
  rounded: RoundedKernel,
  covariance: Float32Array,
  greatest: number,
): void {
  const { dims, axis, scales } = rounded;
  const channels = dims[1 - axis]!;
  const pixels = values.length / scales.length / channels;
  const errors = new Float64Array(channels);
  const gradient = new Float64Array(channels);
  scales.forEach((scale, output) => {
    for (let pixel = 0; pixel < pixels; pixel++) {
      // Kernels of convolutions are [outputs, channels, height, width].
      const start = axis === 0 ? output * channels * pixels + pixel : output;
      const step = axis === 0 ? pixels : scales.length;
      for (let c = 0, i = start; c < channels; c++, i += step) {
        errors[c] = values[i]! - rounded.integers[i]! * scale;
      }
      multiply(covariance, errors, gradient);
      for (let sweep = 0; sweep < sweeps; sweep++) {
        for (let c = 0, i = start; c < channels; c++, i += step) {
          const before = rounded.integers[i]!;
          const after = Math.max(-greatest, Math.min(greatest, before + stepOf(c)));
          if (after === before) continue;
          rounded.integers[i] = after;
          const change = (after - before) * scale;
          const row = c * channels;
          for (let d = 0; d < channels; d++) gradient[d]! -= change * covariance[row + d]!;
        }
      }

      /** The whole number of steps that comes closest to the least error, if only this weight changes. */
      function stepOf(c: number): number {
        const variance = covariance[c * channels + c]!;
        return variance > 0 ? Math.round(gradient[c]! / (variance * scale)) : 0;
      }
    }
  });
}

function multiply(matrix: Float32Array, vector: Float64Array, result: Float64Array): void {
  for (let row = 0, start = 0; row < vector.length; row++, start += vector.length) {
    let sum = 0;
    for (let i = 0; i < vector.length; i++) sum += matrix[start + i]! * vector[i]!;
    result[row] = sum;
  }
}
