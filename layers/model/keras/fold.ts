/** Batch normalisation folded into the convolution before it, and the kernel turned to ONNX' layout. */
import { UnusableModel } from '../unusable-model.ts';
import type { UnitWeights } from './resnet.ts';

export interface FoldedConvolution {
  /** [output channels, input channels, height, width] */
  readonly kernel: Float32Array;
  /** [output channels] */
  readonly bias: Float32Array;
}

/**
 * At inference a batch normalisation is `(x - mean) * scale + beta` with `scale = gamma / sqrt(variance + epsilon)`, one for
 * each output channel. After a convolution `x = w * input + bias` that is a convolution by `w * scale` with the bias
 * `(bias - mean) * scale + beta`. Computed in double precision and rounded once.
 *
 * @throws UnusableModel if a weight is not a finite number, as after a training that diverged.
 */
export function foldBatchNormalisation(unit: UnitWeights): FoldedConvolution {
  const [height, width, inputs, outputs] = unit.kernelShape;
  const source = unit.kernel.read();
  const bias = unit.bias.read();
  const beta = unit.beta.read();
  const mean = unit.mean.read();
  const variance = unit.variance.read();
  const scale = Float64Array.from(
    unit.gamma.read(),
    (gamma, o) => gamma / Math.sqrt(variance[o]! + unit.epsilon),
  );

  const area = height * width;
  const kernel = new Float32Array(source.length);
  for (let position = 0, from = 0; position < area; position++) {
    for (let i = 0; i < inputs; i++) {
      for (let o = 0; o < outputs; o++)
        kernel[(o * inputs + i) * area + position] = source[from++]! * scale[o]!;
    }
  }
  const folded = { kernel, bias: bias.map((value, o) => (value - mean[o]!) * scale[o]! + beta[o]!) };
  assertFinite(folded.kernel, `${unit.name}_conv`);
  assertFinite(folded.bias, `${unit.name}_bn`);
  return folded;
}

/** @throws UnusableModel naming the layer. */
export function assertFinite(values: Float32Array, layer: string): void {
  if (values.every(Number.isFinite)) return;
  throw new UnusableModel(
    `layer '${layer}' holds weights that are not finite numbers; the training diverged or the file is damaged`,
  );
}
