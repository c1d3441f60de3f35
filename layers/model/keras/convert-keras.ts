/** A Keras file -> an ONNX network. */
import { writeResnet } from '../onnx/build-resnet.ts';
import type { ConversionOptions, ConvertedNetwork } from './converted.ts';
import { findResnet } from './resnet.ts';
import { openKerasFile } from './weights-file.ts';

// The size that keras.applications uses for ResNet by default.
const defaultSize = { width: 224, height: 224 };

/**
 * Converts a `.keras` or `.h5` file and writes the network into `options.folder`.
 *
 * @throws UnusableModel naming the layer that cannot be converted, or the option that is missing.
 */
export async function convertKeras(path: string, options: ConversionOptions): Promise<ConvertedNetwork> {
  const file = await openKerasFile(path);
  try {
    const resnet = findResnet(file);
    const size = options.size ?? file.config.inputSize ?? defaultSize;
    return {
      title: resnet.title,
      onnxPath: writeResnet(resnet, size, options.folder),
      input: { name: 'images', layout: 'NCHW', ...size, channels: 3 },
      outputs: [
        { name: 'probabilities', classes: resnet.classes, activation: 'softmax', layer: 'predictions' },
      ],
      hasPreprocessing: false,
      base: { name: resnet.title, mode: 'caffe' },
      assumptions: [],
    };
  } finally {
    await file.close();
  }
}
