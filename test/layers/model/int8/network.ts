/** A small float32 network of every operator that is quantised, its calibration images, and the answers of ONNX Runtime's quantiser. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Tensor } from '../../../../functions/classify/tensor/preprocess.ts';

export const fixtures = join(import.meta.dirname, '../fixtures/int8');

export const network = join(fixtures, 'network.onnx');

/** `[scale, zero]` */
type Activation = readonly [number, number];

export const onnxRuntime = JSON.parse(readFileSync(join(fixtures, 'onnxruntime.json'), 'utf8')) as {
  readonly weights: Readonly<
    Record<string, { readonly scales: readonly number[]; readonly integers: readonly number[] }>
  >;
  /** Scales by the extremes of the calibration. */
  readonly extremes: Readonly<Record<string, Activation>>;
  /** Without one value in 2,000 at each end. */
  readonly quantiles: Readonly<Record<string, readonly [number, number]>>;
  /** The scores for the first image of the other networks that the tool makes, by their files' names. */
  readonly foreign: Readonly<Record<string, readonly number[]>>;
};

const pixels = 3 * 16 * 16;

export function images(): Tensor[] {
  const values = new Float32Array(new Uint8Array(readFileSync(join(fixtures, 'images.f32'))).buffer);
  return Array.from({ length: values.length / pixels }, (_, i) => ({
    data: values.subarray(i * pixels, (i + 1) * pixels),
    dims: [1, 3, 16, 16] as const,
  }));
}
