/** A model file of any kind -> a plain ONNX network and everything that its source says about it. */
import type { CustomArithmetic } from '../../functions/classify/tensor/arithmetic.ts';
import type { Preprocessing } from '../../functions/classify/tensor/preprocess.ts';
import { fileKind } from './file-kind.ts';
import { readRepository } from './huggingface/repository.ts';
import { imagenetClasses, imagenetLabels } from './imagenet.ts';
import { convertKeras } from './keras/convert-keras.ts';
import { assertNoPooling, type ConvertedNetwork, type ConvertedOutput } from './keras/converted.ts';
import type { Ending } from './onnx/ending.ts';
import { readOnnx } from './onnx/read-onnx.ts';
import { convertPytorch } from './pytorch/convert-pytorch.ts';
import { kerasResnetPreprocessing } from './recipes.ts';
import { usableSize } from './size.ts';
import type { ReadingOptions, SourceNetwork } from './source-network.ts';
import { UnusableModel } from './unusable-model.ts';

/**
 * Reads an ONNX file, or a Keras or PyTorch file, which it converts. Recognises them by their content.
 *
 * @throws UnusableModel if it is none of them, or cannot be used.
 */
export function readNetwork(path: string, options: ReadingOptions): Promise<SourceNetwork> {
  const { repository } = options;
  return repository === undefined ? readFile(path, options) : fromRepository(path, repository, options);
}

async function readFile(path: string, options: ReadingOptions): Promise<SourceNetwork> {
  const kind = await fileKind(path);
  if (kind === 'hdf5' || kind === 'zip') return fromKeras(path, options);
  assertNoPooling(options.weightsOnly, path);
  return kind === 'onnx' ? readOnnx(path, options) : fromPytorch(path, options);
}

/** The network of a folder whose configuration tells the rest. */
async function fromRepository(path: string, folder: string, options: ReadingOptions): Promise<SourceNetwork> {
  const { architecture, channels, known, labels, head, licence } = await readRepository(folder);
  const network = await readFile(path, {
    ...options,
    assumed: { layout: 'NCHW', channels, ...(known && { size: known.size }) },
  });
  const { width, height } = network.input;
  if (known && (known.size.width !== width || known.size.height !== height)) {
    throw new UnusableModel(
      `${folder}: the image processor makes ${known.size.width}x${known.size.height} pixels, and the network takes ${width}x${height}: leave out --size, or use --from ${path} and give its preprocessing`,
    );
  }
  return {
    ...network,
    title: `${architecture} (${network.title})`,
    // Its configuration names the network.
    assumptions: [],
    head,
    ...(known && { preprocess: known.preprocess }),
    ...(known?.policyHint && { policyHint: known.policyHint }),
    ...(labels && { labels }),
    ...(licence && { licence }),
  };
}

async function fromPytorch(path: string, options: ReadingOptions): Promise<SourceNetwork> {
  const { assumed, folder } = options;
  const size = options.size ?? assumed?.size;
  const { classes, ...network } = await convertPytorch(path, {
    folder,
    ...(size && { size: usableSize(size, path) }),
  });
  return {
    ...(classes === imagenetClasses && { labels: imagenetLabels }),
    ...network,
    takesBytes: false,
    isQuantised: false,
    takesHeadOfRecipe: true,
  };
}

async function fromKeras(path: string, options: ReadingOptions): Promise<SourceNetwork> {
  const { folder, size, isPublished = false, weightsOnly } = options;
  const converted = await convertKeras(path, {
    folder,
    isPublished,
    ...(size && { size: usableSize(size, path) }),
    ...(weightsOnly && { weightsOnly }),
  });
  const output = chooseOutput(converted, options, path);
  return {
    title: converted.title,
    onnxPath: converted.onnxPath,
    input: {
      name: converted.input.name,
      layout: converted.input.layout,
      ...usableSize(converted.input, path),
    },
    channels: converted.input.channels,
    takesBytes: false,
    output: { name: output.name },
    ending: endingOf(output),
    isQuantised: false,
    preprocess: isPublished ? kerasResnetPreprocessing : preprocessingOf(converted),
    ...(!isPublished && pixelsOf(converted)),
    assumptions: converted.assumptions,
    ...(isPublished && output.classes === imagenetClasses && { labels: imagenetLabels }),
  };
}

/** The output of the given name; without a name the only output, or the only one with as many values as there are labels. */
function chooseOutput(
  { outputs }: ConvertedNetwork,
  { output, labelCount }: ReadingOptions,
  path: string,
): ConvertedOutput {
  const candidates = outputs.filter(({ name, classes }) =>
    output === undefined
      ? outputs.length === 1 || classes === labelCount || (classes === 1 && (labelCount ?? 3) <= 2)
      : name === output,
  );
  if (candidates.length === 1) return candidates[0]!;
  const names = outputs.map(({ name, classes }) => `'${name}' (${classes} values)`).join(', ');
  throw new UnusableModel(
    output === undefined
      ? `${path} has the outputs ${names}; say which has the scores with --output NAME`
      : `${path} has no output '${output}'; it has ${names}`,
  );
}

function endingOf({ layer, activation }: ConvertedOutput): Ending {
  if (!activation) return { kind: 'unknown', description: `ends with layer '${layer}'` };
  if (activation === 'none')
    return { kind: 'logits', description: `ends with layer '${layer}', which is linear` };
  return { kind: activation, description: `ends with a ${activation}` };
}

function pixelsOf({
  hasPreprocessing,
  takesScaledPixels,
  base,
}: ConvertedNetwork): Pick<SourceNetwork, 'preparesPixels' | 'pixelHint'> {
  const hint = takesScaledPixels
    ? 'Its own arithmetic multiplies pixels by more than 1, so they were scaled before they reached it, often by 1/255'
    : base?.mode && `It contains ${base.name}, which keras.applications feeds with --mode ${base.mode}`;
  return { preparesPixels: hasPreprocessing, ...(hint && { pixelHint: hint }) };
}

/** A model that prepares its pixels is fed with plain ones; how they are scaled is Keras' default either way. */
function preprocessingOf({ hasPreprocessing, input }: ConvertedNetwork): Partial<Preprocessing> {
  const { interpolation, policy } = kerasResnetPreprocessing;
  const plain: CustomArithmetic =
    input.channels === 1
      ? { order: 'L', scale: 1, mean: [0], std: [1] }
      : { order: 'RGB', scale: 1, mean: [0, 0, 0], std: [1, 1, 1] };
  return { interpolation, policy, ...(hasPreprocessing && { mode: plain }) };
}
