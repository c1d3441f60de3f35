/** The proof that a stored network answers as the one it was made from. */
import { type InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { softmax } from '../../functions/classify/network/classifier.ts';
import type { ModelManifest } from '../../functions/classify/network/manifest.ts';
import { type Preprocessing, preprocess, type Tensor } from '../../functions/classify/tensor/preprocess.ts';
import { openNetwork } from './onnx/optimise.ts';
import { UnusableModel } from './unusable-model.ts';

export type Precision = 'fp32' | 'fp16';

/** What the two answers to a test picture have shown. */
export interface Comparison {
  readonly classes: number;
  /** Whether the network's scores are probabilities or logits, whatever its graph looks like. */
  readonly activation: 'none' | 'softmax';
  /** The greatest difference of a class's probability. */
  readonly difference: number;
}

/** By how much a probability may differ from that of the network before it was optimised and stored. */
export const tolerances: Readonly<Record<Precision, number>> = { fp32: 1e-4, fp16: 0.01 };

/**
 * Runs the original and the stored network on a test picture, both without any optimisation of ONNX Runtime's.
 *
 * @throws UnusableModel if either cannot be run, its scores are not those of classes, or they differ by more than the tolerance.
 */
export async function compareNetworks(
  originalPath: string,
  storedPath: string,
  precision: Precision,
  {
    input,
    preprocess: how,
    output,
  }: Pick<ModelManifest, 'input' | 'output'> & { readonly preprocess: Preprocessing },
): Promise<Comparison> {
  const tensor = preprocess([testPicture], input, how);
  const original = await scoresOf(originalPath, input.name, output.name, tensor);
  const stored = await scoresOf(storedPath, input.name, output.name, tensor);

  const activation = activationOf(original, output.activation, originalPath);
  const [expected, found] =
    activation === 'softmax' ? [original, stored] : [softmax(original), softmax(stored)];
  const difference = expected.reduce((max, value, i) => Math.max(max, Math.abs(value - found[i]!)), 0);
  // Not a number is not within any tolerance.
  if (difference <= tolerances[precision]) return { classes: original.length, activation, difference };
  throw new UnusableModel(
    `stored as ${precision}, the network's probabilities differ by ${difference}; at most ${tolerances[precision]} is accepted${precision === 'fp16' ? ': use --precision fp32' : ''}`,
  );
}

/** Smooth in one place and busy in another, in all colours. */
const testPicture = (() => {
  const side = 64;
  const data = new Uint8Array(side * side * 4);
  for (let i = 0; i < side * side; i++) {
    const [x, y] = [i % side, Math.floor(i / side)];
    data.set([x * 4, y * 4, (x * y) % 256, 255], i * 4);
  }
  return { width: side, height: side, data, orientation: 1 } as const;
})();

async function scoresOf(
  path: string,
  inputName: string,
  outputName: string,
  { data, dims }: Tensor,
): Promise<Float32Array> {
  const session = await openNetwork(path, { graphOptimizationLevel: 'disabled' });
  try {
    const results = await session.run({ [inputName]: new OrtTensor('float32', data, dims) }, [outputName]);
    return onlyScores(results[outputName]!, path);
  } catch (error) {
    if (error instanceof UnusableModel) throw error;
    throw new UnusableModel(
      `${path} cannot be run on a ${dims.join('x')} input: ${(error as Error).message}`,
    );
  } finally {
    await session.release();
  }
}

function onlyScores(
  { data, dims, type }: InferenceSession.OnnxValueMapType[string],
  path: string,
): Float32Array {
  const classes = dims[1] ?? 0;
  if (data instanceof Float32Array && classes >= 2 && data.length === classes) return data.slice();
  throw new UnusableModel(
    `${path} answers with ${type} [${dims.join(', ')}]; expected float32 [batch, classes]`,
  );
}

function activationOf(
  scores: Float32Array,
  declared: Comparison['activation'],
  path: string,
): Comparison['activation'] {
  const sum = scores.reduce((a, b) => a + b, 0);
  const addUp = Math.abs(sum - 1) < 1e-3 && scores.every((score) => score >= 0);
  if (declared === 'softmax' && !addUp) {
    throw new UnusableModel(
      `${path} ends with a softmax, but its scores add up to ${sum} and not to 1: it is not one over the classes`,
    );
  }
  return addUp ? 'softmax' : 'none';
}
