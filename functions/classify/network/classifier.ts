/** tensor(s) -> the topK predictions of each image: one network, opened once from a model folder. */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Tensor as OrtTensor } from 'onnxruntime-node';
import type { Tensor } from '../tensor/preprocess.ts';
import { createGeneralise, defaultGeneralScore, readAncestors } from './general.ts';
import { InvalidModel, type ModelManifest, readJson, readManifest } from './manifest.ts';
import { type Network, openNetwork } from './network.ts';
import type { Classification, Prediction } from './prediction.ts';

export interface Classifier {
  readonly manifest: ModelManifest;
  /**
   * Runs the network on a batch.
   *
   * @param tensor float32 `[n, height, width, 3]` or `[n, 3, height, width]`, as the manifest's `input.layout` says.
   * @returns The classification of each of the n images.
   */
  readonly classify: (tensor: Tensor) => Promise<Classification[]>;
}

/** What the operator sets in place of the manifest's own values and the default. */
export interface ClassifierSettings {
  readonly topK?: number;
  readonly minScore?: number;
  /** The probability that a general label has to reach, 0..1. */
  readonly generalScore?: number;
  /** How many processors the network may use; all there are unless it is set. */
  readonly threads?: number;
}

/**
 * Opens a model folder: its manifest, labels and network.
 *
 * @throws InvalidModel if a file is missing or contradicts the manifest.
 */
export async function createClassifier(
  modelDir: string,
  settings: ClassifierSettings = {},
): Promise<Classifier> {
  const { generalScore = defaultGeneralScore, threads = availableParallelism(), ...overrides } = settings;
  const manifest = { ...(await readManifest(modelDir)), ...overrides };
  const labels = parseLabels(
    await readJson(join(modelDir, manifest.labels)),
    join(modelDir, manifest.labels),
  );
  const network = await openOrThrow(join(modelDir, manifest.file), threads);
  assertGraphFits(network, manifest, labels.length);

  const generalise = await openGeneralise(modelDir, manifest, labels, generalScore);

  const classify = async ({ data, dims }: Tensor): Promise<Classification[]> => {
    const feeds = { [manifest.input.name]: new OrtTensor('float32', data, dims) };
    const results = await network.run(feeds, [manifest.output.name]);
    const scores = results[manifest.output.name].data as Float32Array;
    if (scores.length !== dims[0] * labels.length) {
      throw new InvalidModel(
        `model ${manifest.name}: ${scores.length} scores for ${dims[0]} images; its ${labels.length} labels need ${dims[0] * labels.length}`,
      );
    }
    return Array.from({ length: dims[0] }, (_, n) => {
      const row = scores.subarray(n * labels.length, (n + 1) * labels.length);
      const probabilities = manifest.output.activation === 'softmax' ? row : softmax(row);
      const predictions = topK(probabilities, manifest.topK)
        .filter((index) => probabilities[index] >= manifest.minScore)
        .map((index) => ({ index, ...labels[index], score: probabilities[index] }));
      const general = generalise?.(probabilities);
      return { predictions, ...(general && { general }) };
    });
  };
  return { manifest, classify };
}

type Label = Pick<Prediction, 'id' | 'label'>;

/**
 * Reads a label list: `["cat", …]` or `[["n02123045", "tabby"], …]`, in the order of the network's classes.
 *
 * @throws InvalidModel
 */
export function parseLabels(list: unknown, path: string): Label[] {
  const bad = (what: string) =>
    new InvalidModel(`${path}: ${what}; labels are a JSON list of names or of [id, name] pairs`);
  if (!Array.isArray(list) || list.length === 0) throw bad('not a list with at least one label');
  return list.map((entry: unknown, index) => {
    if (typeof entry === 'string') return { id: String(index), label: entry };
    if (Array.isArray(entry) && entry.length === 2 && entry.every((part) => typeof part === 'string')) {
      return { id: entry[0], label: entry[1] };
    }
    throw bad(`label ${index} is ${JSON.stringify(entry).slice(0, 60)}`);
  });
}

/** exp(x - max) / sum: probabilities 0..1 from logits of any size, summed in double precision. */
export function softmax(logits: Float32Array): Float32Array {
  const max = logits.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const powers = Float64Array.from(logits, (logit) => Math.exp(logit - max));
  const sum = powers.reduce((a, b) => a + b, 0);
  return Float32Array.from(powers, (power) => power / sum);
}

/** Indices of the k greatest scores, greatest first, equal ones by index. */
export function topK(scores: Float32Array, k: number): number[] {
  return [...scores.keys()].sort((a, b) => scores[b] - scores[a] || a - b).slice(0, k);
}

async function openGeneralise(
  modelDir: string,
  { ancestors }: ModelManifest,
  labels: readonly Label[],
  generalScore: number,
) {
  return ancestors === undefined
    ? undefined
    : createGeneralise(labels, await readAncestors(join(modelDir, ancestors)), generalScore);
}

function openOrThrow(path: string, threads: number): Promise<Network> {
  return openNetwork(path, threads).catch((error: Error) => {
    throw new InvalidModel(`${path} cannot be loaded by ONNX Runtime: ${error.message}`);
  });
}

function assertGraphFits(network: Network, { name, input, output }: ModelManifest, labels: number): void {
  const has = (what: string, wanted: string, names: readonly string[]) => {
    if (!names.includes(wanted)) {
      throw new InvalidModel(
        `model ${name}: no ${what} '${wanted}' in the graph; it has ${names.join(', ')}`,
      );
    }
  };
  has('input', input.name, network.inputNames);
  has('output', output.name, network.outputNames);

  const metadata = network.outputMetadata.find(({ name }) => name === output.name);
  const classes = metadata?.isTensor ? metadata.shape.at(-1) : undefined;
  if (typeof classes === 'number' && classes > 0 && classes !== labels) {
    throw new InvalidModel(`model ${name}: ${labels} labels for a network with ${classes} classes`);
  }
}
