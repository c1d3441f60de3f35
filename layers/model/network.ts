/** A model file of any kind -> a plain ONNX network and what is known of it. */
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import {
  type ModelManifest,
  maxInputPixels,
  readManifest,
} from '../../functions/classify/network/manifest.ts';
import type { Preprocessing } from '../../functions/classify/tensor/preprocess.ts';
import { fileKind } from './file-kind.ts';
import { convertKeras } from './keras/convert-keras.ts';
import { type GraphFacts, inspectGraph } from './onnx/inspect.ts';
import { readModel } from './onnx/proto.ts';
import { kerasResnetPreprocessing } from './preprocessing.ts';
import { UnusableModel } from './unusable-model.ts';

/** Pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Network {
  /** For people: `ResNet50`. */
  readonly title: string;
  readonly onnxPath: string;
  readonly input: ModelManifest['input'];
  readonly output: ModelManifest['output'];
  /** As far as the source says. */
  readonly preprocess?: Preprocessing;
  /** The file with its labels, if the source brings them or they are ImageNet's. */
  readonly labels?: string;
  /** The manifest beside the source. */
  readonly manifest?: ModelManifest;
}

/**
 * Reads a Keras file, which it converts, or an ONNX file. Which it is is seen from its content.
 *
 * @param size Of the input, where the user gives one. @param folder Where to write what is converted.
 * @throws UnusableModel if it is neither, or cannot be used.
 */
export async function readNetwork(path: string, size: Size | undefined, folder: string): Promise<Network> {
  return (await fileKind(path)) === 'onnx' ? fromOnnx(path, size) : fromKeras(path, size, folder);
}

const imagenetClasses = 1000;
const imagenetLabels = join(import.meta.dirname, 'efficientnet-lite0', 'labels.json');

async function fromKeras(path: string, size: Size | undefined, folder: string): Promise<Network> {
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
    output: { name: output!.name, activation: 'softmax' },
    preprocess: kerasResnetPreprocessing,
    ...(output!.classes === imagenetClasses && { labels: imagenetLabels }),
  };
}

async function fromOnnx(path: string, size: Size | undefined): Promise<Network> {
  const { graph, producerName } = await readModel(path);
  const { input, output } = inspectGraph(graph, path);
  const manifest = await manifestBeside(path);
  return {
    title: producerName ? `ONNX network of ${producerName}` : 'ONNX network',
    onnxPath: path,
    input: { name: input.name, layout: input.layout, ...fixSize(input, size, path) },
    output,
    ...(manifest && {
      manifest,
      preprocess: manifest.preprocess as Preprocessing,
      labels: join(dirname(path), manifest.labels),
    }),
  };
}

function fixSize({ name, ...fixed }: GraphFacts['input'], size: Size | undefined, path: string): Size {
  const width = fixed.width ?? size?.width;
  const height = fixed.height ?? size?.height;
  if (!width || !height)
    throw new UnusableModel(`${path}: input '${name}' takes any size; give the one to use with --size WxH`);
  if (size && (size.width !== width || size.height !== height)) {
    throw new UnusableModel(
      `${path}: input '${name}' is ${width}x${height} pixels, not ${size.width}x${size.height}: leave out --size`,
    );
  }
  return usableSize({ width, height }, path);
}

/** As a manifest takes it: what the file itself says may be anything. */
function usableSize(size: Size, path: string): Size {
  const isUsable = (pixels: number) => Number.isInteger(pixels) && pixels >= 1 && pixels <= maxInputPixels;
  if (isUsable(size.width) && isUsable(size.height)) return { width: size.width, height: size.height };
  throw new UnusableModel(
    `${path}: the input is ${size.width}x${size.height} pixels; supported are 1 to ${maxInputPixels} along each edge`,
  );
}

/** The `model.json` in the same folder, if it is this network's. */
async function manifestBeside(path: string): Promise<ModelManifest | undefined> {
  if (!existsSync(join(dirname(path), 'model.json'))) return undefined;
  const manifest = await readManifest(dirname(path));
  return manifest.file === basename(path) ? manifest : undefined;
}
