/** The check that a stored network computes the same as the converted one. */
import { type InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { type Head, outputsPerImage } from '../../functions/classify/network/head.ts';
import type { ModelManifest } from '../../functions/classify/network/manifest.ts';
import { type Preprocessing, preprocess, type Tensor } from '../../functions/classify/tensor/preprocess.ts';
import { loadNetwork } from './onnx/optimise.ts';
import { UnusableModel } from './unusable-model.ts';

export type Precision = 'fp32' | 'fp16';

/**
 * The largest difference of a score that is accepted between the converted and the stored network. An int8 network gives scores
 * in steps of 1/256, and each layer may round to a neighbouring step.
 */
export const tolerances: Readonly<Record<Precision | 'int8', number>> = {
  fp32: 1e-4,
  fp16: 0.01,
  int8: 8 / 256,
};

/** A network that can be run. */
export interface RunnableNetwork {
  readonly input: ModelManifest['input'];
  readonly output: { readonly name: string };
}

/**
 * Runs a network on the test pictures, without any of ONNX Runtime's optimisations.
 *
 * @returns Its outputs for each picture.
 * @throws UnusableModel if it cannot be run, or does not give one number per class.
 */
export async function runOnTestPictures(
  path: string,
  { input, output }: RunnableNetwork,
  preprocessing: Preprocessing,
): Promise<Float32Array[]> {
  const session = await loadNetwork(path, { graphOptimizationLevel: 'disabled' });
  try {
    const outputs: Float32Array[] = [];
    for (const picture of testPictures) {
      const tensor = preprocess([picture], input, preprocessing);
      const results = await run(session, path, input.name, output.name, tensor);
      outputs.push(assertOutputs(results[output.name]!, path));
    }
    return outputs;
  } finally {
    await session.release();
  }
}

/**
 * Compares the outputs of the stored network with those of the converted one.
 *
 * @param precision 'int8' if the converted network was quantised here. @param isQuantised The source was quantised already.
 * @returns The largest difference of a score.
 * @throws UnusableModel if it exceeds the tolerance.
 */
export function assertEqualScores(
  converted: readonly Float32Array[],
  stored: readonly Float32Array[],
  { toScores }: Pick<Head, 'toScores'>,
  { precision, isQuantised }: { precision: Precision | 'int8'; isQuantised: boolean },
): number {
  const differences = converted.flatMap((outputs, n) => {
    const found = toScores(stored[n]!);
    return [...toScores(outputs)].map((score, i) => Math.abs(score - found[i]!));
  });
  const difference = differences.reduce((max, value) => Math.max(max, value), 0);
  const tolerance = Math.max(tolerances[precision], isQuantised ? tolerances.int8 : 0);
  // NaN is not within any tolerance.
  if (difference <= tolerance) return difference;
  throw new UnusableModel(
    `stored as ${precision}, the network's scores differ by ${Number(difference.toPrecision(3))}; at most ${tolerance} is accepted${waysOn(precision, isQuantised)}`,
  );
}

function waysOn(precision: Precision | 'int8', isQuantised: boolean): string {
  if (precision === 'fp16') return ': use --precision fp32';
  if (precision === 'int8') return ': use --precision fp32, without --calibrate';
  return isQuantised ? ': use the network as it was before quantisation' : '';
}

/** Two pictures: a smooth and a busy gradient in all colours, and a chequered pattern. */
const testPictures = [
  testPicture((x, y) => [x * 4, y * 4, (x * y) % 256]),
  testPicture((x, y) => [(x ^ y) * 4, 255 - x * 4, ((x >> 3) + (y >> 3)) % 2 ? 230 : 20]),
];

function testPicture(colourAt: (x: number, y: number) => number[]) {
  const side = 64;
  const data = new Uint8Array(side * side * 4);
  for (let i = 0; i < side * side; i++) data.set([...colourAt(i % side, Math.floor(i / side)), 255], i * 4);
  return { width: side, height: side, data, orientation: 1 } as const;
}

async function run(
  session: InferenceSession,
  path: string,
  inputName: string,
  outputName: string,
  { data, dims }: Tensor,
): Promise<InferenceSession.ReturnType> {
  const feeds = { [inputName]: new OrtTensor('float32', data, dims) };
  return session.run(feeds, [outputName]).catch((error: Error) => {
    throw new UnusableModel(
      `${path} cannot be run on a ${dims.join('x')} input: ${error.message}. If it was exported for another number of images, export it with a dynamic batch; if for another size, give that with --size`,
    );
  });
}

function assertOutputs(
  { data, dims, type }: InferenceSession.OnnxValueMapType[string],
  path: string,
): Float32Array {
  const outputs = outputsPerImage(dims, 1);
  if (data instanceof Float32Array && outputs) return data.slice();
  throw new UnusableModel(
    `${path} returns ${type} [${dims.join(', ')}]; expected float32 [batch, classes]: name the output with the scores with --output NAME. A network that detects objects or segments images has none`,
  );
}
