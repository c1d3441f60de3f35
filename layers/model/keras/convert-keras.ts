/** A Keras file -> an ONNX network. */
import { createGraph } from '../onnx/graph.ts';
import { renameValues, simplify } from '../onnx/simplify.ts';
import { writeGraph } from '../onnx/write-graph.ts';
import { UnusableModel } from '../unusable-model.ts';
import { recogniseBase } from './applications/base.ts';
import { recogniseWeights } from './applications/weights-only.ts';
import { amplificationOf } from './convert/amplification.ts';
import { convertGraph } from './convert/convert-graph.ts';
import { type Value, value } from './convert/layer-call.ts';
import { tracePixels } from './convert/pixels.ts';
import { tracePrecision } from './convert/precision.ts';
import {
  assertNoPooling,
  type ConversionOptions,
  type ConvertedNetwork,
  type ConvertedOutput,
} from './converted.ts';
import { inputShapeOf } from './graph/input-shape.ts';
import type { ModelGraph } from './graph/model-graph.ts';
import { readModelGraph } from './graph/read-model.ts';
import { inside, type KerasFile, openKerasFile } from './keras-file.ts';
import type { WeightStore } from './weights/weight-store.ts';

const inputName = 'images';

/** A model that has been read, before it is converted. */
export interface KerasModel {
  /** Path of the file, for messages. */
  readonly path: string;
  readonly kerasMajor: number;
  readonly graph: ModelGraph;
  readonly weights: WeightStore;
  /** For people, where it is known better than by the layers. */
  readonly title?: string;
  /** Size of the input if the model takes any. */
  readonly defaultSize?: ConversionOptions['size'];
  readonly assumptions: readonly string[];
}

/**
 * Converts a `.keras` or `.h5` file and writes the network into `options.folder`.
 *
 * @throws UnusableModel naming the layer that cannot be converted, or the option that is missing.
 */
export async function convertKeras(path: string, options: ConversionOptions): Promise<ConvertedNetwork> {
  const file = await openKerasFile(path);
  try {
    return inside(path, () => convertModel(modelIn(file, options), options));
  } finally {
    await file.close();
  }
}

function modelIn(file: KerasFile, options: ConversionOptions): KerasModel {
  const common = { path: file.path, kerasMajor: Number.parseInt(file.kerasVersion, 10) };
  if (file.configJson === undefined) {
    // The size that keras.applications uses for ResNet by default.
    return { ...common, ...recogniseWeights(file, options), defaultSize: { width: 224, height: 224 } };
  }
  assertNoPooling(options.weightsOnly, file.path);
  const graph = readModelGraph(file.configJson, file.path);
  return { ...common, graph, weights: file.weights, assumptions: [] };
}

/** @throws UnusableModel naming the layer that cannot be converted. */
export function convertModel(
  model: KerasModel,
  { folder, size }: Pick<ConversionOptions, 'folder' | 'size'>,
): ConvertedNetwork {
  const { width, height, channels } = inputShapeOf(model.graph, size, model.defaultSize, model.path);
  const graph = createGraph(model.path, inputName);
  const input = value(inputName, [height, width, channels]);
  const pixels = tracePixels(input);
  const precision = tracePrecision();
  const values = convertGraph(model.graph, [input], model.weights, {
    file: model.path,
    kerasMajor: model.kerasMajor,
    graph,
    onCall: (layer, from, to) => {
      pixels.follow(layer, from, to);
      precision.follow(layer);
    },
  });
  const found = classifiersAmong(values, model.graph, model.path);
  const simple = simplify(
    graph,
    found.map(({ name }) => name),
  );
  const outputs = found.map((output) => ({ ...output, name: output.layer }));
  const takesScaledPixels = amplificationOf(graph, inputName) > 1;
  const hasPreprocessing = pixels.hasPreprocessing() && !takesScaledPixels;
  const base = recogniseBase(new Set(namesIn(model.graph)), hasPreprocessing);
  const onnxPath = writeGraph(
    renameValues(simple, new Map(found.map(({ name, layer }) => [name, layer]))),
    {
      title: model.graph.name,
      input: { name: inputName, dims: ['batch', channels, height, width] },
      outputs: outputs.map(({ name, classes }) => ({ name, dims: ['batch', classes] })),
    },
    folder,
  );
  return {
    title: model.title ?? base?.name ?? model.graph.name,
    onnxPath,
    input: { name: inputName, layout: 'NCHW', width, height, channels },
    outputs,
    hasPreprocessing,
    takesScaledPixels,
    ...(base && { base }),
    assumptions: [...model.assumptions, ...precision.assumptions()],
  };
}

/** The outputs that are a list of scores. */
function classifiersAmong(values: readonly Value[], model: ModelGraph, path: string): ConvertedOutput[] {
  const outputs = values.flatMap(({ name, shape, activation }, i): ConvertedOutput[] => {
    const [classes] = shape;
    if (shape.length !== 1 || !classes) return [];
    return [{ name, classes, ...(activation && { activation }), layer: model.outputs[i]!.layer }];
  });
  if (outputs.length > 0 && values.every(({ name }) => name !== inputName)) return outputs;
  const found = values.map(({ shape }) => `[batch, ${shape.join(', ')}]`).join(', ');
  throw new UnusableModel(
    `${path} gives ${found}; expected [batch, classes]: a model without its top has no classes; add GlobalAveragePooling2D and Dense(classes, activation='softmax'), train and save the whole model`,
  );
}

function namesIn({ layers }: ModelGraph): string[] {
  return layers.flatMap(({ name, model }) => (model ? [name, ...namesIn(model)] : [name]));
}
