/** A model file of any kind -> a plain ONNX network and everything the file says about it. */
import { join } from 'node:path';
import type { CustomArithmetic, Preprocessing } from '../../functions/classify/tensor/preprocess.ts';
import { fileKind } from './file-kind.ts';
import { convertKeras } from './keras/convert-keras.ts';
import type { ConvertedNetwork, ConvertedOutput } from './keras/converted.ts';
import type { Ending } from './onnx/ending.ts';
import { readOnnx } from './onnx/read-onnx.ts';
import { kerasResnetPreprocessing } from './recipes.ts';
import { usableSize } from './size.ts';
import type { ReadingOptions, SourceNetwork } from './source-network.ts';
import { UnusableModel } from './unusable-model.ts';

/**
 * Reads an ONNX file, or a Keras file, which it converts. Recognises either by its content.
 *
 * @throws UnusableModel if it is neither, or cannot be used.
 */
export async function readNetwork(path: string, options: ReadingOptions): Promise<SourceNetwork> {
  return (await fileKind(path)) === 'onnx' ? readOnnx(path, options) : fromKeras(path, options);
}

const imagenetClasses = 1000;
const imagenetLabels = join(import.meta.dirname, 'efficientnet-lite0', 'labels.json');

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
    ...(isPublished && output.classes === imagenetClasses && { labels: imagenetLabels }),
  };
}

/** The output of that name; or the only one; or the only one with as many values as there are labels. */
function chooseOutput(
  { outputs }: ConvertedNetwork,
  { output, labelCount }: ReadingOptions,
  path: string,
): ConvertedOutput {
  const candidates = outputs.filter(({ name, classes }) =>
    output === undefined ? outputs.length === 1 || classes === labelCount : name === output,
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

/** A model that prepares its pixels is fed with plain ones; how they are scaled is Keras' default either way. */
function preprocessingOf({ hasPreprocessing, input }: ConvertedNetwork): Partial<Preprocessing> {
  const { interpolation, policy } = kerasResnetPreprocessing;
  const plain: CustomArithmetic =
    input.channels === 1
      ? { order: 'L', scale: 1, mean: [0], std: [1] }
      : { order: 'RGB', scale: 1, mean: [0, 0, 0], std: [1, 1, 1] };
  return { interpolation, policy, ...(hasPreprocessing && { mode: plain }) };
}
