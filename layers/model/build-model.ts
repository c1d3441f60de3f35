/**
 * A Keras or ONNX file -> a model folder as the function reads it: model.json, the network with its weights beside it, labels
 * and licences. The folder appears whole or not at all.
 */
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, rmSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, rename, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type ModelManifest, parseManifest } from '../../functions/classify/network/manifest.ts';
import { writeAncestors } from './ancestors.ts';
import { type Comparison, compareNetworks, type Precision } from './check.ts';
import { assertDeployable } from './deployable.ts';
import { assertLabelCount, type LabelList, readLabels } from './labels.ts';
import { type Network, readNetwork, type Size } from './network.ts';
import { storeAsHalf } from './onnx/half.ts';
import { optimise } from './onnx/optimise.ts';
import { choosePreprocessing, type PreprocessingChoices } from './preprocessing.ts';
import type { ModelSource } from './source.ts';
import { UnusableModel } from './unusable-model.ts';

export interface ModelRequest {
  readonly name: string;
  readonly source: ModelSource;
  /** A label file. */
  readonly labels?: string;
  readonly precision: Precision;
  readonly preprocessing: PreprocessingChoices;
  readonly size?: Size;
  readonly licence?: string;
  /** A file of the classes' ancestors, for general labels. */
  readonly ancestors?: string;
}

export interface BuiltModel {
  readonly manifest: ModelManifest;
  /** For people: `ResNet50`. */
  readonly title: string;
  readonly comparison: Comparison;
  /** What the layer takes of Lambda's limit. */
  readonly bytes: number;
}

/** What a build does, in this order. */
export const steps = ['reading the network', 'storing it', 'checking it against the original'] as const;
type Step = (typeof steps)[number];

/**
 * Builds a model folder, in place of one that may be there.
 *
 * @param onStep Is told what begins.
 * @throws UnusableModel | InvalidModel | TooLargeForLambda; the folder then stays as it was, as it does if the process exits.
 */
export async function buildModel(
  request: ModelRequest,
  folder: string,
  onStep: (step: Step) => void = () => {},
): Promise<BuiltModel> {
  await mkdir(dirname(folder), { recursive: true });
  const scratch = await mkdtemp(join(dirname(folder), '.building-'));
  const removeScratch = () => rmSync(scratch, { recursive: true, force: true });
  process.once('exit', removeScratch);
  try {
    const built = await writeModel(
      request,
      await emptyFolder(scratch, 'model'),
      await emptyFolder(scratch, 'original'),
      onStep,
    );
    if (existsSync(folder)) await rename(folder, join(scratch, 'replaced'));
    await rename(join(scratch, 'model'), folder);
    return built;
  } finally {
    removeScratch();
    process.removeListener('exit', removeScratch);
  }
}

function emptyFolder(parent: string, name: string): Promise<string> {
  const folder = join(parent, name);
  return mkdir(folder).then(() => folder);
}

async function writeModel(
  request: ModelRequest,
  folder: string,
  scratch: string,
  onStep: (step: Step) => void,
): Promise<BuiltModel> {
  const { name, source, precision } = request;
  onStep('reading the network');
  const network = await readNetwork(source.path, request.size, scratch);
  const preprocess = choosePreprocessing(request.preprocessing, network.preprocess);
  const file = `${name}.onnx`;
  const data = `${name}.bin`;
  onStep('storing it');
  await store(network.onnxPath, join(folder, file), join(folder, data), precision, scratch);
  onStep('checking it against the original');
  const comparison = await compareNetworks(network.onnxPath, join(folder, file), precision, {
    ...network,
    preprocess,
  });

  const labels = await writeLabels(
    request.labels ?? network.labels,
    comparison.classes,
    join(folder, 'labels.json'),
  );
  const hasAncestors = await writeAncestors(request.ancestors, labels, folder);
  await copyLicences(source, network, request, folder);
  const manifest = {
    name,
    file,
    sha256: await sha256Of([join(folder, file), join(folder, data)]),
    source: network.manifest?.source ?? source.origin,
    licence: request.licence ?? source.published?.licence ?? network.manifest?.licence ?? 'not stated',
    input: network.input,
    preprocess,
    output: { ...network.output, activation: comparison.activation },
    labels: 'labels.json',
    ...(hasAncestors && { ancestors: 'ancestors.json' }),
    topK: network.manifest?.topK ?? 5,
    minScore: network.manifest?.minScore ?? 0,
  };
  await writeFile(join(folder, 'model.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  return {
    manifest: parseManifest(manifest, join(folder, 'model.json')),
    title: network.title,
    comparison,
    bytes: assertDeployable(folder),
  };
}

async function store(
  from: string,
  to: string,
  data: string,
  precision: Precision,
  scratch: string,
): Promise<void> {
  if (precision === 'fp32') return optimise(from, to, data);
  const optimised = join(scratch, 'optimised.onnx');
  await optimise(from, optimised, join(scratch, 'optimised.bin'));
  return storeAsHalf(optimised, to, data);
}

async function writeLabels(from: string | undefined, classes: number, to: string): Promise<LabelList> {
  if (!from) {
    throw new UnusableModel(
      `the names of the network's ${classes} classes are not known: give them with --labels FILE, in the order of training (one a line, or a JSON list)`,
    );
  }
  const labels = await readLabels(from);
  assertLabelCount(labels, classes, from);
  await writeFile(to, `${JSON.stringify(labels)}\n`);
  return labels;
}

/** Of the weights where they are known; of the labels unless they are the user's own. */
async function copyLicences(
  { published }: ModelSource,
  network: Network,
  request: ModelRequest,
  folder: string,
): Promise<void> {
  if (published)
    await copyFile(join(import.meta.dirname, published.licenceFile), join(folder, 'LICENSE.weights.txt'));
  if (request.labels || !network.labels) return;
  const labelsLicence = join(dirname(network.labels), 'LICENSE.labels.txt');
  if (existsSync(labelsLicence)) await copyFile(labelsLicence, join(folder, basename(labelsLicence)));
}

/** Of the network and its weights, one after the other: what the model computes is in both. */
async function sha256Of(paths: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const path of paths.filter((path) => existsSync(path))) {
    for await (const chunk of createReadStream(path)) hash.update(chunk);
  }
  return hash.digest('hex');
}
