/** tensor(s) -> the topK predictions of each image: one network, opened once from a model folder. */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Tensor as OrtTensor } from 'onnxruntime-node';
import type { Tensor } from '../tensor/preprocess.ts';
import { createClassification } from './classification.ts';
import { defaultGeneralScore } from './general.ts';
import { createHead, outputsPerImage } from './head.ts';
import type { GivenLabelRules } from './label-rules.ts';
import { InvalidModel, type ModelManifest, readManifest } from './manifest.ts';
import { readModelLabels } from './model-labels.ts';
import { type Network, openNetwork } from './network.ts';
import type { Classification } from './prediction.ts';

export interface Classifier {
  readonly manifest: ModelManifest;
  /**
   * Runs the network on a batch.
   *
   * @param tensor float32 `[n, height, width, channels]` or `[n, channels, height, width]`, as the manifest's `input.layout`
   *   says.
   * @returns The classification of each of the n images.
   * @throws InvalidModel if the network does not give one score per label.
   */
  readonly classify: (tensor: Tensor) => Promise<Classification[]>;
}

/** Settings of the operator, which override the manifest's and the default ones. */
export interface ClassifierSettings {
  readonly topK?: number;
  readonly minScore?: number;
  /** The probability that a general label has to reach, 0..1. */
  readonly generalScore?: number;
  /** Rules for the labels, in place of the model's own ones. */
  readonly labelRules?: GivenLabelRules;
  /** The number of processors that the network may use; all of them by default. */
  readonly threads?: number;
}

/**
 * Opens a model folder: its manifest, labels and network.
 *
 * @throws InvalidModel if a file is missing or contradicts the manifest, InvalidLabelRules if its rules do not fit its labels.
 */
export async function createClassifier(
  modelDir: string,
  settings: ClassifierSettings = {},
): Promise<Classifier> {
  const { generalScore = defaultGeneralScore, threads = availableParallelism() } = settings;
  const manifest = withSettings(readManifest(modelDir), settings);
  const labels = readModelLabels(modelDir, manifest, settings.labelRules);
  const network = await openOrThrow(join(modelDir, manifest.file), threads);
  assertGraphFits(network, manifest, labels.classes.length);
  const toClassification = createClassification({ ...manifest, ...labels, generalScore });

  const classify = async ({ data, dims }: Tensor): Promise<Classification[]> => {
    const feeds = { [manifest.input.name]: new OrtTensor('float32', data, dims) };
    const { [manifest.output.name]: result } = await network.run(feeds, [manifest.output.name]);
    const outputs = outputsPerImage(result.dims, dims[0]);
    const head = createHead(manifest.output, outputs ?? 0);
    if (!outputs || head.classes !== labels.classes.length) {
      throw new InvalidModel(
        `model ${manifest.name}: an output of shape [${result.dims.join(', ')}] for ${dims[0]} images does not give a score for each of its ${labels.classes.length} labels`,
      );
    }
    return Array.from({ length: dims[0] }, (_, n) => {
      const row = (result.data as Float32Array).subarray(n * outputs, (n + 1) * outputs);
      return toClassification(head.toScores(row), head.isExclusive);
    });
  };
  return { manifest, classify };
}

function withSettings(manifest: ModelManifest, { topK, minScore }: ClassifierSettings): ModelManifest {
  return {
    ...manifest,
    ...(topK !== undefined && { topK }),
    ...(minScore !== undefined && { minScore }),
  };
}

function openOrThrow(path: string, threads: number): Promise<Network> {
  return openNetwork(path, threads).catch((error: Error) => {
    throw new InvalidModel(`${path} cannot be loaded by ONNX Runtime: ${error.message}`);
  });
}

function assertGraphFits(network: Network, { name, input, output }: ModelManifest, labels: number): void {
  const assertNamed = (kind: string, wanted: string, names: readonly string[]) => {
    if (!names.includes(wanted)) {
      throw new InvalidModel(
        `model ${name}: no ${kind} '${wanted}' in the graph; it has ${names.join(', ')}`,
      );
    }
  };
  assertNamed('input', input.name, network.inputNames);
  assertNamed('output', output.name, network.outputNames);

  const metadata = network.outputMetadata.find((candidate) => candidate.name === output.name);
  const [, ...dims] = metadata?.isTensor ? metadata.shape : [];
  // A shape with dynamic dimensions is checked when there is an output.
  if (dims.length === 0 || !dims.every((size) => typeof size === 'number' && size > 0)) return;
  const outputs = outputsPerImage([1, ...(dims as number[])], 1);
  const classes = outputs && createHead(output, outputs).classes;
  if (classes !== labels) {
    throw new InvalidModel(
      `model ${name}: ${labels} labels for a network with ${classes === undefined ? `outputs of [${dims.join(', ')}]` : `${classes} classes`}`,
    );
  }
}
