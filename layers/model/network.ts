/** A model file of any kind -> a plain ONNX network and everything the file says about it. */
import { join } from 'node:path';
import { fileKind } from './file-kind.ts';
import { convertKeras } from './keras/convert-keras.ts';
import { readOnnx } from './onnx/read-onnx.ts';
import { kerasResnetPreprocessing } from './recipes.ts';
import { usableSize } from './size.ts';
import type { ReadingOptions, SourceNetwork } from './source-network.ts';

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

async function fromKeras(path: string, { size, folder }: ReadingOptions): Promise<SourceNetwork> {
  const { title, onnxPath, input, outputs } = await convertKeras(path, {
    folder,
    isPublished: false,
    ...(size && { size: usableSize(size, path) }),
  });
  const [output] = outputs;
  return {
    title,
    onnxPath,
    input: { name: input.name, layout: input.layout, ...usableSize(input, path) },
    channels: input.channels,
    takesBytes: false,
    output: { name: output!.name },
    ending: { kind: 'softmax', description: 'ends with a softmax' },
    isQuantised: false,
    preprocess: kerasResnetPreprocessing,
    ...(output!.classes === imagenetClasses && { labels: imagenetLabels }),
  };
}
