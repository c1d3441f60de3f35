/** bucketlens model: builds a model layer from a Keras, PyTorch, ONNX or Hugging Face model. */
import { join } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { readAncestors } from '../../functions/classify/network/ancestors.ts';
import { activationNames } from '../../functions/classify/network/head.ts';
import { readManifest } from '../../functions/classify/network/manifest.ts';
import { readLabelRules } from '../../functions/classify/network/read-label-rules.ts';
import type { BuildResult, ModelRequest } from '../../layers/model/build-model.ts';
import { publishedWeights } from '../../layers/model/catalogue.ts';
import type { ActivationChoice } from '../../layers/model/choose-head.ts';
import {
  type RepositoryPrecision,
  repositoryPrecisions,
} from '../../layers/model/huggingface/network-file.ts';
import { readLabels } from '../../layers/model/labels.ts';
import { findModel, isEmbedded } from '../../layers/model/layer.ts';
import type { PreprocessingChoices } from '../../layers/model/preprocessing.ts';
import { findSource, type ModelSource } from '../../layers/model/source.ts';
import type { Size } from '../../layers/model/source-network.ts';
import { builtModels, embeddedModels } from '../../layers/places.ts';
import { type ArtefactSize, assertFitsLambda, megabytes } from '../../layers/size.ts';
import { createCommand, labelRulesOption } from './command.ts';
import { onInterruption } from './interruption.ts';
import { describeBuilt, describeJson, describeManifest } from './models/describe-model.ts';
import { findPhotos, quantisationContradiction } from './models/photos.ts';
import { ensureFolder } from './output/folder.ts';
import { addPreprocessingOptions, choice, parseSize } from './preprocessing-options.ts';
import { startProgress } from './progress.ts';

const help = `
Examples:
  npx bucketlens model resnet50
  npx bucketlens model open-nsfw
  npx bucketlens model flowers --from flowers.keras --labels flowers.txt
  npx bucketlens model cats --from cats.onnx --labels cats.json --preprocess torchvision
  npx bucketlens model vit --from hf:onnx-community/vit-base-patch16-224 --precision fp16
  npx bucketlens model cats --from cats.onnx --labels cats.json --preprocess timm --precision int8 --calibrate photos/
  npx bucketlens model birds --from birds.pth --labels birds.txt --preprocess torchvision

Keras files (.keras, .h5) may hold any classifier made of Keras' own layers. A file with only weights must be of ResNet50, 101
or 152 (version 1).
PyTorch files may be state dicts or checkpoints of a ResNet, ResNeXt, ResNet-D or SE-ResNet, with the names of torchvision, timm
or Hugging Face.
A model of the Hugging Face hub (hf:OWNER/NAME[@REVISION], or a folder with its files) has its labels and preprocessing; HF_TOKEN
and HF_ENDPOINT work as with the hub's own tools.
ONNX and PyTorch files need the preprocessing, unless a model.json is next to them: name the library that trained the network
(--preprocess), give its parts, or override parts of a recipe.
--calibrate quantises a network with up to 64 of the photos and compares its labels with float32's on the others. It refuses a network
that keeps the first label on less than 90 % of them, or less than 97 % of those with a score above 0.5.
Afterwards: npx bucketlens start --model NAME, npx bucketlens deploy -c model=NAME, or npx bucketlens deploy --only-model NAME for
a stack that is there already

Exit code: 0 if the model was built, 1 if not (an existing one is kept), 2 on wrong usage.`;

export function modelCommand(): Command {
  const command = createCommand('model')
    .description(
      `Build the model layer NAME. Downloaded by name: ${names(publishedWeights)}. Embedded: ${names(embeddedModels)}.`,
    )
    .argument('<NAME>', 'name of the model, stored on objects and in events', parseName)
    .option(
      '--from <SOURCE>',
      'a file (.keras, .h5, .onnx, .pth, .safetensors), its URL, a folder or hf:OWNER/NAME',
    )
    .option('--labels <FILE>', 'class names: JSON, id2label, synset.txt, or one per line')
    .option('--ancestors <FILE>', 'ancestors of the classes, for general labels')
    .addOption(labelRulesOption())
    .addOption(
      choice(
        'precision',
        'storage of the weights; int8 if the hub offers it, or with --calibrate',
        repositoryPrecisions,
      ).default('fp32'),
    )
    .option('--calibrate <FOLDER>', 'with --precision int8: photos to quantise the network with')
    .option('--allow-loss', 'with --calibrate: accept a network whose labels differ often')
    .option('--size <WxH>', 'input size, if the network leaves it open', parseSize);
  return addPreprocessingOptions(command)
    .addOption(
      choice('activation', 'function from outputs to scores, if the network does not show it', [
        ...activationNames,
        'none',
      ]),
    )
    .option('--output <NAME>', 'output with the scores, or any value inside an ONNX graph')
    .addOption(choice('pooling', 'pooling of a Keras file that holds weights only', ['average', 'max']))
    .option('--licence <TEXT>', "licence of the weights, for the model's manifest")
    .option('--json', 'print the result as one JSON object')
    .addHelpText('after', help)
    .action(makeModel);
}

function names(models: Readonly<Record<string, unknown>>): string {
  return Object.keys(models).join(', ');
}

interface Options extends PreprocessingChoices {
  readonly from?: string;
  readonly labels?: string;
  readonly ancestors?: string;
  readonly labelRules?: string;
  readonly precision: RepositoryPrecision;
  readonly calibrate?: string;
  readonly allowLoss?: boolean;
  readonly activation?: ActivationChoice;
  readonly output?: string;
  readonly pooling?: 'average' | 'max';
  readonly size?: Size;
  readonly licence?: string;
  readonly json?: true;
}

function parseName(value: string): string {
  if (!/^[a-z0-9][a-z0-9._-]{0,63}$/.test(value)) {
    throw new InvalidArgumentError(
      'Expected 1 to 64 characters of a-z 0-9 . _ - (the name is stored on every object).',
    );
  }
  return value;
}

async function makeModel(
  name: string,
  {
    from,
    labels,
    ancestors,
    labelRules,
    precision,
    calibrate,
    allowLoss = false,
    size,
    activation,
    output,
    pooling,
    licence,
    json,
    ...preprocessing
  }: Options,
  command: Command,
): Promise<void> {
  if (isEmbedded(name)) return showEmbedded(name, command);
  const contradiction = quantisationContradiction(precision, calibrate, allowLoss);
  if (contradiction) command.error(`error: ${contradiction}`);
  assertFilesReadable({ labels, ancestors, labelRules });
  ensureFolder(builtModels, `the folder of built models, ${builtModels},`);
  const photos = calibrate === undefined ? undefined : await findPhotos(calibrate);
  const request: ModelRequest = {
    name,
    source: await fetchSource(name, from, photos ? 'fp32' : precision),
    // int8 networks are stored unchanged.
    precision: precision === 'int8' ? 'fp32' : precision,
    preprocessing,
    ...(photos && { quantisation: { photos, allowLoss } }),
    ...(labels && { labels }),
    ...(ancestors && { ancestors }),
    ...(labelRules && { labelRules }),
    ...(size && { size }),
    ...(activation && { activation }),
    ...(output && { output }),
    ...(pooling && { pooling }),
    ...(licence && { licence }),
  };
  const modelDir = join(builtModels, name);
  const built = await build(request, modelDir);
  if (json) console.log(JSON.stringify(describeJson(built, modelDir)));
  else console.log(describeBuilt(built, precision, modelDir));
}

/** Reads the user's files before a download or a conversion takes its time. */
function assertFilesReadable(
  files: {
    readonly [Name in 'labels' | 'ancestors' | 'labelRules']: string | undefined;
  },
): void {
  if (files.labels) readLabels(files.labels);
  if (files.ancestors) readAncestors(files.ancestors);
  if (files.labelRules) readLabelRules(files.labelRules);
}

/** An embedded network needs no build: describes it, and refuses options that would change it. */
function showEmbedded(name: string, command: Command): void {
  const { json, ...changes } = command.opts<Options>();
  if (Object.keys(changes).some((option) => command.getOptionValueSource(option) === 'cli')) {
    command.error(`error: ${name} is the name of an embedded network; choose another`);
  }
  const folder = findModel(name);
  const [{ bytes }] = assertFitsLambda([folder]) as [ArtefactSize];
  const manifest = readManifest(folder);
  console.log(
    json
      ? JSON.stringify({ folder, bytes, manifest })
      : `${name} is embedded: there is nothing to build\n${describeManifest(manifest, folder, bytes)}`,
  );
}

function fetchSource(
  name: string,
  from: string | undefined,
  precision: RepositoryPrecision,
): Promise<ModelSource> {
  const bar = startProgress('{percentage}% of {size}, {rate}/s, {eta_formatted} left');
  const began = { atMs: 0, bytes: 0 };
  const onProgress = (receivedBytes: number, totalBytes = receivedBytes): void => {
    if (!began.atMs) Object.assign(began, { atMs: Date.now(), bytes: receivedBytes });
    const seconds = Math.max((Date.now() - began.atMs) / 1000, 0.1);
    bar.update(receivedBytes, totalBytes, {
      size: megabytes(totalBytes),
      rate: megabytes((receivedBytes - began.bytes) / seconds),
    });
  };
  return findSource(name, from, { precision, onProgress }).finally(bar.end);
}

async function build(request: ModelRequest, modelDir: string): Promise<BuildResult> {
  // The HDF5 library takes more than a second to load, too long for --help or a wrong argument.
  const { buildModel, stepsOf } = await import('../../layers/model/build-model.ts');
  const steps = stepsOf(request);
  const bar = startProgress('{step} ({value} of {total} steps done)');
  // Listening makes an interruption call `process.exit`, on which the build removes its partial results.
  const forget = onInterruption(() => {});
  return buildModel(request, modelDir, (step) =>
    bar.update(steps.indexOf(step), steps.length, { step }),
  ).finally(() => {
    bar.end();
    forget();
  });
}
