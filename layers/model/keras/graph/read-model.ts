/** A model's configuration (`model_config` of an .h5 file, `config.json` of a .keras file) -> its graph. */
import * as v from 'valibot';
import { UnusableModel } from '../../unusable-model.ts';
import { exportToOnnx, saveAgain } from '../way-on.ts';
import { readCall, referencesIn } from './arguments.ts';
import { modernLayer } from './keras1.ts';
import type { Call, Layer, ModelGraph, TensorReference } from './model-graph.ts';
import { isOwnClass } from './own-class.ts';
import { mapTensors, tensorsInCall } from './tensors.ts';

const layerSchema = v.looseObject({
  class_name: v.string(),
  module: v.nullish(v.string()),
  registered_name: v.nullish(v.string()),
  name: v.optional(v.string()),
  config: v.union([v.array(v.unknown()), v.record(v.string(), v.unknown())]),
  build_config: v.optional(v.unknown()),
  inbound_nodes: v.optional(v.array(v.unknown()), []),
});
type SerializedLayer = v.InferOutput<typeof layerSchema>;

// Keras' own examples nest two deep.
const maxDepth = 16;
const maxLayers = 20_000;
const modelClasses = new Set(['Functional', 'Model', 'Sequential']);

/**
 * @param path Of the file, for messages.
 * @throws UnusableModel if it is not a model's configuration, or describes a graph that cannot be.
 */
export function readModelGraph(json: string, path: string): ModelGraph {
  const { layer, config } = parseLayer(parse(json, path), path);
  if (!isOwnClass(layer, config) && modelClasses.has(layer.class_name)) {
    return modelOf(layer, config, '', path, 0);
  }
  const code =
    'input_layers' in config
      ? 'keras.Model(model.inputs, model.outputs)'
      : 'x = keras.Input((224, 224, 3)); keras.Model(x, model.call(x))';
  throw new UnusableModel(
    `${path} holds a ${layer.class_name}, a custom class whose graph is only in its Python code: save its layers as a functional model, ${code}.save('x.keras'), or ${exportToOnnx}`,
  );
}

function parse(json: string, path: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    throw new UnusableModel(`${path}: the model's configuration is not JSON (${(error as Error).message})`);
  }
}

interface ParsedLayer {
  readonly layer: SerializedLayer;
  readonly config: Readonly<Record<string, unknown>>;
}

function parseLayer(value: unknown, where: string): ParsedLayer {
  const result = v.safeParse(layerSchema, value);
  if (!result.success) {
    throw new UnusableModel(
      `${where}: the model's configuration is not as Keras writes it (${v.summarize(result.issues)})`,
    );
  }
  const layer = result.output;
  // Keras 1 wrote a Sequential model as a bare list of its layers.
  return { layer, config: Array.isArray(layer.config) ? { layers: layer.config } : layer.config };
}

function modelOf(
  { class_name: className }: SerializedLayer,
  config: ParsedLayer['config'],
  path: string,
  file: string,
  depth: number,
): ModelGraph {
  if (depth > maxDepth)
    throw new UnusableModel(`${file}: '${path}' is nested more than ${maxDepth} models deep`);
  const serialized = config.layers;
  if (!Array.isArray(serialized) || serialized.length === 0 || serialized.length > maxLayers) {
    throw new UnusableModel(
      `${file}: model '${path || className}' has no list of 1 to ${maxLayers} layers; save it with model.save('x.keras')`,
    );
  }
  const layers = serialized.map((item) => layerOf(item, path, file, depth));
  assertDistinct(layers, file);
  const name = typeof config.name === 'string' ? config.name : className;
  const where = `${file}: model '${path || name}'`;
  return 'input_layers' in config || 'output_layers' in config
    ? functional({ path, className, name, layers }, config, where)
    : sequential({ path, className, name, layers }, config.build_input_shape);
}

type Described = Omit<ModelGraph, 'inputs' | 'outputs'>;

function functional(model: Described, config: ParsedLayer['config'], where: string): ModelGraph {
  const inputs = referencesIn(config.input_layers, where);
  const outputs = referencesIn(config.output_layers, where);
  if (inputs.length === 0) throw new UnusableModel(`${where} has no input`);
  if (outputs.length === 0) throw new UnusableModel(`${where} has no output`);
  return numberCallsFromZero({ ...model, inputs, outputs });
}

/**
 * Each layer is called with the output of the one before it.
 *
 * @param inputShape Known of a model that was built by its first images.
 */
function sequential(model: Described, inputShape: unknown): ModelGraph {
  const first = model.layers[0]!;
  const input: Layer =
    first.className === 'InputLayer'
      ? first
      : {
          name: '',
          path: model.path ? `${model.path}/input` : 'input',
          className: 'InputLayer',
          config: Array.isArray(inputShape) ? { batch_shape: inputShape } : {},
          calls: [],
        };
  const rest = first === input ? model.layers.slice(1) : model.layers;
  let previous = tensorOf(input.name);
  const chained = rest.map((layer): Layer => {
    const call: Call = { args: [previous], kwargs: {} };
    previous = tensorOf(layer.name);
    return { ...layer, calls: [call] };
  });
  return { ...model, layers: [input, ...chained], inputs: [tensorOf(input.name)], outputs: [previous] };
}

function tensorOf(layer: string): TensorReference {
  return { kind: 'tensor', layer, call: 0, output: 0 };
}

function layerOf(value: unknown, parentPath: string, file: string, depth: number): Layer {
  const { layer, config } = parseLayer(value, `${file}: a layer of '${parentPath || 'the model'}'`);
  const name = [layer.name, config.name].find((candidate) => typeof candidate === 'string') as
    | string
    | undefined;
  if (!name)
    throw new UnusableModel(`${file}: a ${layer.class_name} of '${parentPath || 'the model'}' has no name`);
  const path = parentPath ? `${parentPath}/${name}` : name;
  const isOwn = isOwnClass(layer, config);
  const isModel = !isOwn && modelClasses.has(layer.class_name);
  return {
    name,
    path,
    ...(layer.module && { module: layer.module }),
    ...(isOwn && { isOwn }),
    ...modernLayer(layer.class_name, config),
    calls: layer.inbound_nodes.map((node) => readCall(node, `${file}: layer '${path}'`)),
    ...(isModel && { model: modelOf(layer, config, path, file, depth + 1) }),
  };
}

function assertDistinct(layers: readonly Layer[], file: string): void {
  const names = new Set<string>();
  for (const { name, path } of layers) {
    if (names.has(name)) throw new UnusableModel(`${file}: there are two layers '${path}'; ${saveAgain}`);
    names.add(name);
  }
}

/**
 * A nested model has been called once before, when it was built: Keras counts that call for functional models and, depending on
 * its version, for sequential ones. Every call in a file is used, so the lowest number that is referred to is the first.
 */
function numberCallsFromZero(model: ModelGraph): ModelGraph {
  const nested = new Set(model.layers.filter((layer) => layer.model).map(({ name }) => name));
  const lowest = new Map<string, number>();
  const note = ({ layer, call }: TensorReference) => {
    if (nested.has(layer)) lowest.set(layer, Math.min(call, lowest.get(layer) ?? Number.POSITIVE_INFINITY));
  };
  for (const reference of [...model.outputs, ...model.layers.flatMap(tensorsOf)]) note(reference);
  const renumber = (reference: TensorReference): TensorReference => ({
    ...reference,
    call: reference.call - (lowest.get(reference.layer) ?? 0),
  });
  return {
    ...model,
    outputs: model.outputs.map(renumber),
    layers: model.layers.map((layer) => ({
      ...layer,
      calls: layer.calls.map(({ args, kwargs }) => ({
        args: args.map((arg) => mapTensors(arg, renumber)),
        kwargs: Object.fromEntries(
          Object.entries(kwargs).map(([name, arg]) => [name, mapTensors(arg, renumber)]),
        ),
      })),
    })),
  };
}

function tensorsOf({ calls }: Layer): TensorReference[] {
  return calls.flatMap((call) => tensorsInCall(call));
}
