/**
 * A model file -> a model folder as the function reads it: model.json, the network and its weights, labels and licences. The
 * folder appears complete or not at all.
 */
import { existsSync, rmSync } from 'node:fs';
import { mkdir, mkdtemp, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createHead, type HeadOptions } from '../../functions/classify/network/head.ts';
import { type ModelManifest, parseManifest } from '../../functions/classify/network/manifest.ts';
import { assertAncestorsFit, writeAncestors } from './ancestors.ts';
import { copyLicences } from './catalogue.ts';
import { type Precision, runOnTestPictures } from './check.ts';
import { type ActivationChoice, chooseHead } from './choose-head.ts';
import { assertDeployable } from './deployable.ts';
import type { Quantisation, QuantisationReport } from './int8/quantise-source.ts';
import { weightsOnlyAnswers } from './keras/converted.ts';
import { assertSameOrder, duplicateAssumptions, fitLabels, type LabelList, readLabels } from './labels.ts';
import { writeLabelRules } from './layer.ts';
import { readNetwork } from './network.ts';
import { sha256Of } from './onnx/store.ts';
import { storeChecked, storingSteps } from './onnx/store-checked.ts';
import { choosePreprocessing, type PreprocessingChoices, pixelAssumptions } from './preprocessing.ts';
import { softmaxAssumption, trainsWithSoftmax } from './recipes.ts';
import type { ModelSource } from './source.ts';
import type { Size, SourceNetwork } from './source-network.ts';
import { UnusableModel } from './unusable-model.ts';

export interface ModelRequest {
  readonly name: string;
  readonly source: ModelSource;
  /** A label file. */
  readonly labels?: string;
  readonly precision: Precision;
  /** Makes an int8 network of a float32 one. */
  readonly quantisation?: Quantisation;
  readonly preprocessing: PreprocessingChoices;
  readonly size?: Size;
  readonly licence?: string;
  /** A file of the classes' ancestors, for general labels. */
  readonly ancestors?: string;
  /** A file of rules for the labels. */
  readonly labelRules?: string;
  /** The output with the scores, where neither the network nor the labels tell. */
  readonly output?: string;
  /** How outputs become scores, if the network does not show it. */
  readonly activation?: ActivationChoice;
  /** How the network pools before its head, if a Keras file holds only weights. */
  readonly pooling?: 'average' | 'max';
}

export interface BuildResult {
  readonly manifest: ModelManifest;
  /** For people: `ResNet50`. */
  readonly title: string;
  readonly classes: number;
  /** The scores of an image sum to 1. */
  readonly isExclusive: boolean;
  /** The largest difference of a score between the converted and the stored network. */
  readonly difference: number;
  readonly quantisation?: QuantisationReport;
  /** Sentences on everything that was taken for granted. */
  readonly assumptions: readonly string[];
  /** The layer's size, which counts towards Lambda's limit. */
  readonly bytes: number;
}

/** The steps of a build, in this order. */
const steps = ['reading the network', ...storingSteps] as const;
type Step = (typeof steps)[number];

export function stepsOf({ quantisation }: ModelRequest): readonly Step[] {
  return quantisation ? steps : steps.filter((step) => step !== 'quantising it');
}

/**
 * Builds a model folder and replaces an existing one.
 *
 * @param onStep Called when a step begins.
 * @throws UnusableModel | InvalidModel | InvalidLabelRules | TooLargeForLambda; the folder then stays as it was, as it does if the process exits.
 */
export async function buildModel(
  request: ModelRequest,
  folder: string,
  onStep: (step: Step) => void = () => {},
): Promise<BuildResult> {
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

function headOf({ output: { name: _, ...head } }: ModelManifest): HeadOptions {
  return head;
}

/** The recipe by name tells the head of weights alone, which the user need not repeat. */
function takesSoftmaxOfRecipe(
  { activation, preprocessing }: ModelRequest,
  { takesHeadOfRecipe, ending, head }: SourceNetwork,
): boolean {
  const isOpen = activation === undefined && head === undefined && ending.kind === 'logits';
  return isOpen && takesHeadOfRecipe === true && trainsWithSoftmax(preprocessing.preprocess);
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
): Promise<BuildResult> {
  const { name, source } = request;
  onStep('reading the network');
  const given = request.labels === undefined ? undefined : readLabels(request.labels);
  const network = await readNetwork(source.path, {
    folder: scratch,
    isPublished: source.published !== undefined,
    weightsOnly: weightsOnlyAnswers(request),
    ...(source.repository && { repository: source.repository }),
    ...(request.size && { size: request.size }),
    ...(request.output && { output: request.output }),
    ...(given && { labelCount: given.length }),
  });
  const preprocess = choosePreprocessing(request.preprocessing, network.preprocess, {
    ...network.input,
    channels: network.channels,
    takesBytes: network.takesBytes,
    ...(network.preparesPixels !== undefined && { preparesPixels: network.preparesPixels }),
    ...(network.pixelHint && { pixelHint: network.pixelHint }),
    ...(network.policyHint && { policyHint: network.policyHint }),
  });
  const outputs = await runOnTestPictures(network.onnxPath, network, preprocess);
  const takesSoftmax = takesSoftmaxOfRecipe(request, network);
  const options = chooseHead(takesSoftmax ? 'softmax' : request.activation, {
    ...network,
    path: source.path,
    declared: network.manifest ? headOf(network.manifest) : network.head,
    samples: outputs,
  });
  const head = createHead(options, outputs[0]!.length);
  assertAncestorsFit(request.ancestors, head.isExclusive);
  const own = given && !network.labels ? given : sourceLabels(network, head.classes);
  if (given) assertSameOrder(given, own, request.labels!);
  const labels = fitLabels(
    given ?? own,
    { classes: head.classes, outputs: outputs[0]!.length },
    request.labels ?? source.path,
  );
  await writeFile(join(folder, 'labels.json'), `${JSON.stringify(labels)}\n`);

  const file = `${name}.onnx`;
  const data = `${name}.bin`;
  const { difference, quantisation } = await storeChecked(
    network,
    { folder, file, data },
    { ...request, preprocess, head, outputs, scratch, onStep },
  );

  const hasAncestors = head.isExclusive && (await writeAncestors(request.ancestors, labels, folder));
  const rulesBeside = network.manifest?.labelRules;
  const labelRules = request.labelRules ?? (rulesBeside && join(dirname(source.path), rulesBeside));
  await copyLicences(source.published, request.labels === undefined ? network.labels : undefined, folder);
  const manifest = {
    name,
    file,
    sha256: await sha256Of([join(folder, file), join(folder, data)]),
    source: describeSource(network.manifest?.source ?? source.origin, quantisation),
    licence:
      request.licence ??
      source.published?.licence ??
      network.manifest?.licence ??
      network.licence ??
      'not stated',
    input: network.input,
    preprocess,
    output: { ...network.output, ...options },
    labels: 'labels.json',
    ...(hasAncestors && { ancestors: 'ancestors.json' }),
    topK: network.manifest?.topK ?? 5,
    minScore: network.manifest?.minScore ?? head.minScore,
  };
  const complete = labelRules === undefined ? manifest : writeLabelRules(labelRules, folder, manifest);
  await writeFile(join(folder, 'model.json'), `${JSON.stringify(complete, null, 2)}\n`);
  return {
    manifest: parseManifest(complete, join(folder, 'model.json')),
    title: network.title,
    classes: head.classes,
    isExclusive: head.isExclusive,
    difference,
    ...(quantisation && { quantisation }),
    assumptions: [
      ...(network.assumptions ?? []),
      ...(source.published ? [] : pixelAssumptions(request.preprocessing, network, preprocess)),
      ...(takesSoftmax ? [softmaxAssumption] : []),
      ...duplicateAssumptions(labels),
    ],
    bytes: assertDeployable(folder),
  };
}

function describeSource(origin: string, quantisation: QuantisationReport | undefined): string {
  return quantisation ? `${origin}, as int8 by ${quantisation.calibratedWith} photos` : origin;
}

function sourceLabels({ labels }: SourceNetwork, classes: number): LabelList {
  if (labels) return typeof labels === 'string' ? readLabels(labels) : labels;
  throw new UnusableModel(
    `the names of the network's ${classes} classes are not known: give them with --labels FILE, in the order of training (one a line, or a JSON list)`,
  );
}
