/** The architecture that Keras stores beside the weights of a whole model: what the weights alone do not say. */
import * as v from 'valibot';
import { UnusableModel } from '../unusable-model.ts';

/** What the configuration settles. A file of weights alone has none of it. */
export interface ModelConfig {
  /** Pixels; absent where the model takes any size. */
  readonly inputSize?: { readonly width: number; readonly height: number };
  /** By layer name: the stride of each convolution. */
  readonly strides: ReadonlyMap<string, number>;
  /** By layer name: the epsilon of each batch normalisation. */
  readonly epsilons: ReadonlyMap<string, number>;
}

export const noConfig: ModelConfig = { strides: new Map(), epsilons: new Map() };

// Layers that a ResNet consists of, and those that do nothing once it is trained.
const knownClasses = new Set([
  'InputLayer',
  'ZeroPadding2D',
  'Conv2D',
  'BatchNormalization',
  'Activation',
  'ReLU',
  'MaxPooling2D',
  'Add',
  'GlobalAveragePooling2D',
  'Dense',
  'Softmax',
  'Dropout',
]);
const activeOnlyInTraining = /^Random/;

const layerSchema = v.looseObject({
  class_name: v.string(),
  config: v.looseObject({
    name: v.optional(v.string(), ''),
    activation: v.optional(v.unknown()),
    batch_shape: v.optional(v.unknown()),
    batch_input_shape: v.optional(v.unknown()),
    data_format: v.optional(v.string(), 'channels_last'),
    strides: v.optional(v.union([v.number(), v.array(v.number())])),
    epsilon: v.optional(v.number()),
    layers: v.optional(v.array(v.unknown())),
  }),
});
type Layer = v.InferOutput<typeof layerSchema>;

/**
 * Reads `model_config` of an .h5 file or config.json of a .keras file, models inside models included.
 *
 * @throws UnusableModel for a layer that no ResNet has (such as a Rescaling before it), a head that is neither softmax nor
 *   linear, or an input that is not an RGB image, channels last.
 */
export function readModelConfig(json: string, path: string): ModelConfig {
  const layers = leaves(parse(json, path), path);
  for (const layer of layers) assertKnown(layer, path);
  const inputSize = layers.map((layer) => sizeOf(layer, path)).find((size) => size !== undefined);
  return {
    ...(inputSize && { inputSize }),
    strides: byName(layers, ({ strides }) => [strides].flat()[0]),
    epsilons: byName(layers, ({ epsilon }) => epsilon),
  };
}

function parse(json: string, path: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    throw new UnusableModel(`${path}: the model's configuration is not JSON (${(error as Error).message})`);
  }
}

// As deep as models are nested in models; a damaged file may go on for ever.
const maxDepth = 8;

function leaves(node: unknown, path: string, depth = 0): Layer[] {
  if (depth > maxDepth) throw new UnusableModel(`${path}: models are nested more than ${maxDepth} deep`);
  const result = v.safeParse(layerSchema, node);
  if (!result.success) {
    throw new UnusableModel(
      `${path}: the model's configuration is not as Keras writes it (${v.summarize(result.issues)})`,
    );
  }
  const { layers } = result.output.config;
  return layers ? layers.flatMap((layer) => leaves(layer, path, depth + 1)) : [result.output];
}

function assertKnown({ class_name, config }: Layer, path: string): void {
  const layer = `${path}: layer '${config.name}'`;
  if (!knownClasses.has(class_name) && !activeOnlyInTraining.test(class_name)) {
    throw new UnusableModel(
      `${layer} is a ${class_name}, which no ResNet has; take preprocessing out of the model (and give it with --scale, --mean, --std), or convert the model with tf2onnx and use --from FILE.onnx`,
    );
  }
  if (config.data_format !== 'channels_last') {
    throw new UnusableModel(`${layer} is ${config.data_format}; only channels_last is supported`);
  }
  const allowed = class_name === 'Dense' ? ['softmax', 'linear'] : ['softmax', 'linear', 'relu'];
  if (config.activation !== undefined && !allowed.includes(String(config.activation))) {
    throw new UnusableModel(
      `${layer} has the activation ${JSON.stringify(config.activation)}; expected ${allowed.join(' or ')}`,
    );
  }
}

function sizeOf({ config }: Layer, path: string): ModelConfig['inputSize'] {
  const shape = config.batch_shape ?? config.batch_input_shape;
  if (!Array.isArray(shape) || shape.length !== 4) return undefined;
  const [, height, width, channels] = shape;
  if (channels !== 3)
    throw new UnusableModel(`${path}: the input has ${channels} channels; expected 3 (an RGB image)`);
  return typeof height === 'number' && typeof width === 'number' ? { width, height } : undefined;
}

function byName(
  layers: Layer[],
  field: (config: Layer['config']) => number | undefined,
): Map<string, number> {
  return new Map(
    layers.flatMap(({ config }) => {
      const value = field(config);
      return value === undefined ? [] : [[config.name, value] as const];
    }),
  );
}
