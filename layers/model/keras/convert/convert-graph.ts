/** A Keras graph -> an ONNX graph, layer by layer. */

import type { GraphBuilder } from '../../onnx/graph.ts';
import { UnusableModel } from '../../unusable-model.ts';
import type { Argument, Call, Layer, ModelGraph, TensorReference } from '../graph/model-graph.ts';
import { orderCalls } from '../graph/order.ts';
import { mapTensors, tensorsInCall } from '../graph/tensors.ts';
import { exportToOnnx, saveAgain } from '../way-on.ts';
import { takeWeights, type WeightStore } from '../weights/weight-store.ts';
import { type LayerCall, sizeOf, type Value } from './layer-call.ts';
import { identity } from './layers/identity.ts';
import { assertFloats, assertFullWeights } from './precision.ts';
import { readSettings } from './settings.ts';
import { conversionOf, isOperation } from './table.ts';
import { followWholeNumbers, takesWholeNumbers } from './whole-numbers.ts';

export interface ConversionContext {
  /** Path of the file, for messages. */
  readonly file: string;
  readonly kerasMajor: number;
  readonly graph: GraphBuilder;
  /** Receives every call of a layer that is not a model. */
  readonly onCall: (layer: Layer, inputs: readonly Value[], outputs: readonly Value[]) => void;
}

/**
 * @param inputs One for each of the model's inputs.
 * @returns One for each of the model's outputs.
 * @throws UnusableModel naming the layer that cannot be converted, and why.
 */
export function convertGraph(
  model: ModelGraph,
  inputs: readonly Value[],
  store: WeightStore,
  context: ConversionContext,
): Value[] {
  const values = new Map<string, readonly Value[]>();
  const find = (reference: TensorReference): Value => {
    const found = values.get(keyOf(reference.layer, reference.call))?.[reference.output];
    if (found) return found;
    throw new UnusableModel(
      `${context.file}: layer '${reference.layer}' has no output ${reference.output}, which another layer takes: ${saveAgain}`,
    );
  };
  if (inputs.length !== model.inputs.length) {
    throw new UnusableModel(
      `${context.file}: model '${model.path}' is called with ${inputs.length} tensors; it has ${model.inputs.length} inputs: ${saveAgain}`,
    );
  }
  // Keras does not count operations when it numbers the weights of layers.
  const withWeights = model.layers.filter((layer) => !isOperation(layer));
  for (const [i, { layer: name }] of model.inputs.entries()) {
    const isWhole = model.layers.some((layer) => layer.name === name && takesWholeNumbers(layer));
    values.set(keyOf(name, 0), [isWhole ? { ...inputs[i]!, isWhole } : inputs[i]!]);
  }

  for (const { layer, call } of orderCalls(model, context.file)) {
    const key = keyOf(layer.name, call);
    if (values.has(key)) continue;
    const own = layer.calls[call]!;
    const tensors = tensorsInCall(own).map(find);
    const layerStore = store.layer(layer, withWeights);
    if (layer.model) {
      assertInference(own, layer, context);
      values.set(key, convertGraph(layer.model, tensors, layerStore, context));
      continue;
    }
    const outputs = convertCall(layer, own, tensors, find, layerStore, context);
    context.onCall(layer, tensors, outputs);
    values.set(key, outputs);
  }
  return model.outputs.map(find);
}

function keyOf(layer: string, call: number): string {
  return `${call}/${layer}`;
}

// 8 GB of float32: more than any machine that classifies images spends on one tensor.
const maxElements = 2 ** 31;

function convertCall(
  layer: Layer,
  call: Call,
  inputs: readonly Value[],
  find: (reference: TensorReference) => Value,
  store: WeightStore,
  context: ConversionContext,
): readonly Value[] {
  const where = `${context.file}: layer '${layer.path}' (${layer.className})`;
  const refuse = (reason: string, wayOn = exportToOnnx): never => {
    throw new UnusableModel(`${where} ${reason}: ${wayOn}`);
  };
  const conversion = conversionOf(layer) ?? refuse('cannot be converted', wayOnFor(layer));
  // The dtype of an operation is that of its result.
  if (!isOperation(layer)) assertFloats(layer, refuse);
  assertInference(call, layer, context);
  if (inputs.length === 0) refuse('is called without a tensor', saveAgain);
  if (conversion.inputs === 'one' && inputs.length > 1)
    refuse(`takes one tensor, not ${inputs.length}`, saveAgain);
  if (conversion.inputs === 'several' && inputs.length < 2)
    refuse('takes two or more tensors, not one', saveAgain);

  const used = new Set<number | string>();
  const layerCall: LayerCall = {
    path: layer.path,
    className: layer.className,
    kerasMajor: context.kerasMajor,
    settings: readSettings(layer.config, refuse),
    inputs,
    argument: (position, name) => {
      used.add(position).add(name);
      const argument = call.args[position] ?? call.kwargs[name];
      return argument === undefined || argument === null ? undefined : mapTensors(argument, find);
    },
    store,
    weights: (shapes) => {
      assertFullWeights(layer, refuse);
      return takeWeights(store, shapes, where);
    },
    graph: context.graph,
    refuse,
  };
  const outputs = [conversion.convert(layerCall)].flat() as readonly Value[];
  assertAllRead(layerCall, call, used, conversion.convert === identity);
  for (const { shape } of outputs) {
    if (!(sizeOf(shape) >= 1 && sizeOf(shape) <= maxElements))
      refuse(`gives a tensor of [${shape.join(', ')}]`);
  }
  return followWholeNumbers(layer, inputs, outputs, refuse);
}

const leaveOut = `leave it out, or ${exportToOnnx}`;

function wayOnFor({ className, isOwn }: Layer): string {
  if (className === 'Lambda') {
    return `a Lambda runs Python code; replace it by Keras' layers or operations (a Rescaling, \`x / 255\`), or ${exportToOnnx}`;
  }
  if (className === 'Argmax') {
    return 'it keeps the number of the best class and drops the scores; end the model before it, keras.Model(model.input, scores)';
  }
  return isOwn
    ? `a custom class needs its Python code; ${exportToOnnx}`
    : `it is not among the supported layers; ${exportToOnnx}`;
}

/** In Keras 2 a call with training=True stays in training mode. Keras 3 overrides it when the model predicts. */
function assertInference({ kwargs }: Call, layer: Layer, { file, kerasMajor }: ConversionContext): void {
  const isTraining = kwargs.training === true || kwargs.training === 1;
  if (kerasMajor >= 3 || !isTraining) return;
  throw new UnusableModel(
    `${file}: layer '${layer.path}' (${layer.className}) is called with training=True, so that its answers are random; build the model without it`,
  );
}

/** Whatever a converter has not read might change the result. */
function assertAllRead(
  { settings, refuse }: LayerCall,
  { args, kwargs }: Call,
  used: ReadonlySet<number | string>,
  isIdentity: boolean,
): void {
  const [setting] = isIdentity ? [] : settings.unread();
  if (setting !== undefined) refuse(`has the setting '${setting}', which is not supported`, leaveOut);
  const isOpen = (argument: Argument<TensorReference> | undefined) =>
    argument !== null && argument !== false && argument !== undefined;
  const keyword = Object.keys(kwargs).find(
    (name) => !used.has(name) && !withoutEffect.has(name) && isOpen(kwargs[name]),
  );
  if (keyword !== undefined) refuse(`is called with '${keyword}', which is not supported`, leaveOut);
  const position = args.findIndex(
    (argument, i) => i > 0 && !used.has(i) && isOpen(argument) && !isTensorLike(argument),
  );
  if (position >= 0)
    refuse(`is called with an argument (number ${position + 1}) that is not supported`, leaveOut);
}

// `inputs` and `x` are the first argument by name.
const withoutEffect = new Set(['training', 'name', 'inputs', 'x', 'input', 'input_tensor']);

function isTensorLike(argument: Argument<TensorReference> | undefined): boolean {
  return (
    typeof argument === 'object' && argument !== null && 'kind' in argument && argument.kind === 'tensor'
  );
}
