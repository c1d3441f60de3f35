/** Keras' activation functions, as layers, as arguments of layers and as recorded operations. */
import type { AttributeValue } from '../../onnx/graph.ts';
import { entryOf, type LayerCall, type Value, value } from './layer-call.ts';
import { storedAxis } from './layout.ts';

/** The last part of a layer that has the setting `activation`. */
export function applyActivation(call: LayerCall, input: Value, activation: unknown): Value {
  if (activation === undefined || activation === null || activation === 'linear') {
    return { ...input, activation: 'none' };
  }
  if (typeof activation === 'string') return named(call, input, activation);
  return applySerialized(call, input, activation);
}

/** A function or a layer as an argument: `{ class_name: 'function', config: 'relu6' }`, `{ class_name: 'LeakyReLU', config: {…} }` */
function applySerialized(call: LayerCall, input: Value, activation: unknown): Value {
  const { module, class_name, config } = activation as Readonly<Record<string, unknown>>;
  const isKeras = typeof module !== 'string' || /^(tf_)?keras\b/.test(module);
  if (isKeras && class_name === 'function' && typeof config === 'string') return named(call, input, config);
  const fields = typeof config === 'object' && config !== null ? (config as Record<string, unknown>) : {};
  if (isKeras && class_name === 'LeakyReLU') {
    return leakyRelu(call, input, Number(fields.negative_slope ?? fields.alpha ?? 0.3));
  }
  if (isKeras && class_name === 'ReLU') {
    const limit = fields.max_value ?? null;
    return relu(call, input, {
      maximum: limit === null ? undefined : Number(limit),
      slope: Number(fields.negative_slope ?? 0),
      threshold: Number(fields.threshold ?? 0),
    });
  }
  return call.refuse(
    `has the activation ${JSON.stringify(activation)?.slice(0, 80)}, whose code is not in the file; convert the model with tf2onnx and use --from FILE.onnx`,
  );
}

type Simple = readonly [opType: string, attributes?: Readonly<Record<string, AttributeValue>>];

const simple: Readonly<Record<string, Simple>> = {
  relu: ['Relu'],
  elu: ['Elu'],
  celu: ['Celu'],
  selu: ['Selu', { alpha: { float: 1.67326324 }, gamma: { float: 1.05070098 } }],
  softplus: ['Softplus'],
  softsign: ['Softsign'],
  tanh: ['Tanh'],
  exponential: ['Exp'],
  hard_shrink: ['Shrink', { lambd: { float: 0.5 }, bias: { float: 0 } }],
  soft_shrink: ['Shrink', { lambd: { float: 0.5 }, bias: { float: 0.5 } }],
};

const aliases: Readonly<Record<string, string>> = { swish: 'silu', hard_swish: 'hard_silu' };

/** @param activation Keras' name of it. */
export function named(call: LayerCall, input: Value, activation: string): Value {
  const name = entryOf(aliases, activation) ?? activation;
  const node = entryOf(simple, name);
  if (node) return unary(call, input, ...node);
  const convert = entryOf(composed, name);
  if (convert) return convert(call, input);
  return call.refuse(
    `has the activation '${activation}', which is not supported; convert the model with tf2onnx and use --from FILE.onnx`,
  );
}

const composed: Readonly<Record<string, (call: LayerCall, input: Value) => Value>> = {
  linear: (_, input) => input,
  relu6: (call, input) => relu(call, input, { maximum: 6 }),
  leaky_relu: (call, input) => leakyRelu(call, input, 0.2),
  sigmoid: (call, input) => ({ ...unary(call, input, 'Sigmoid'), activation: 'sigmoid' }),
  softmax: (call, input) => softmax(call, input, -1),
  log_softmax: (call, input) =>
    unary(call, input, 'LogSoftmax', { axis: storedAxis(input.shape, input.shape.length - 1) }),
  silu: (call, input) => binary(call, 'Mul', input, unary(call, input, 'Sigmoid')),
  hard_sigmoid: hardSigmoid,
  hard_silu: (call, input) => binary(call, 'Mul', input, hardSigmoid(call, input)),
  hard_tanh: (call, input) => clip(call, input, -1, 1),
  gelu: (call, input) => gelu(call, input, false),
  mish: (call, input) => binary(call, 'Mul', input, unary(call, unary(call, input, 'Softplus'), 'Tanh')),
  log_sigmoid: (call, input) => unary(call, unary(call, unary(call, input, 'Neg'), 'Softplus'), 'Neg'),
  tanh_shrink: (call, input) => binary(call, 'Sub', input, unary(call, input, 'Tanh')),
  squareplus: (call, input) => {
    const root = unary(call, withNumber(call, 'Add', binary(call, 'Mul', input, input), 4), 'Sqrt');
    return withNumber(call, 'Mul', binary(call, 'Add', input, root), 0.5);
  },
};

/** A node with one input. */
export function unary(
  call: LayerCall,
  input: Value,
  opType: string,
  attributes: Readonly<Record<string, AttributeValue>> = {},
): Value {
  return value(call.graph.node(opType, nodeName(call, opType), [input.name], attributes), input.shape);
}

/** A node with two inputs of the same shape. */
export function binary(call: LayerCall, opType: string, left: Value, right: Value): Value {
  return value(call.graph.node(opType, nodeName(call, opType), [left.name, right.name]), left.shape);
}

/** A node whose second input is a number. */
export function withNumber(call: LayerCall, opType: string, input: Value, number: number): Value {
  const name = nodeName(call, opType);
  return value(
    call.graph.node(opType, name, [input.name, call.graph.scalar(`${name}/by`, number)]),
    input.shape,
  );
}

function nodeName({ path }: LayerCall, opType: string): string {
  return `${path}/${opType.toLowerCase()}`;
}

export function clip(call: LayerCall, input: Value, minimum?: number, maximum?: number): Value {
  const { graph, path } = call;
  const limits = [
    minimum === undefined ? '' : graph.scalar(`${path}/min`, minimum),
    ...(maximum === undefined ? [] : [graph.scalar(`${path}/max`, maximum)]),
  ];
  return value(graph.node('Clip', `${path}/clip`, [input.name, ...limits]), input.shape);
}

export function leakyRelu(call: LayerCall, input: Value, alpha: number): Value {
  return unary(call, input, 'LeakyRelu', { alpha: { float: alpha } });
}

/** Values below the threshold become `slope * (x - threshold)`, those above the maximum the maximum. */
export function relu(
  call: LayerCall,
  input: Value,
  { maximum, slope = 0, threshold = 0 }: { maximum?: number | undefined; slope?: number; threshold?: number },
): Value {
  if (threshold !== 0) {
    return call.refuse(
      `has the threshold ${threshold}; expected 0: convert the model with tf2onnx and use --from FILE.onnx`,
    );
  }
  if (slope === 0) {
    return maximum === undefined ? unary(call, input, 'Relu') : clip(call, input, 0, maximum);
  }
  const leaky = leakyRelu(call, input, slope);
  return maximum === undefined ? leaky : clip(call, leaky, undefined, maximum);
}

/** Keras 2: clip(0.2 x + 0.5). Keras 3: relu6(x + 3) / 6. */
function hardSigmoid(call: LayerCall, input: Value): Value {
  const alpha = call.kerasMajor >= 3 ? 1 / 6 : 0.2;
  return unary(call, input, 'HardSigmoid', { alpha: { float: alpha }, beta: { float: 0.5 } });
}

export function softmax(call: LayerCall, input: Value, axis: number): Value {
  const { shape } = input;
  const place = axis < 0 ? axis + shape.length : axis - 1;
  if (place < 0 || place >= shape.length) return call.refuse(`has a softmax along axis ${axis}`);
  const result = unary(call, input, 'Softmax', { axis: storedAxis(shape, place) });
  return place === shape.length - 1 ? { ...result, activation: 'softmax' } : result;
}

/** x * Φ(x), with Φ from erf, or its approximation by tanh. */
export function gelu(call: LayerCall, input: Value, isApproximate: boolean): Value {
  if (!isApproximate) {
    const erf = unary(call, withNumber(call, 'Div', input, Math.SQRT2), 'Erf');
    return withNumber(call, 'Mul', binary(call, 'Mul', input, withNumber(call, 'Add', erf, 1)), 0.5);
  }
  const cube = binary(call, 'Mul', binary(call, 'Mul', input, input), input);
  const inner = binary(call, 'Add', input, withNumber(call, 'Mul', cube, 0.044715));
  const tanh = unary(call, withNumber(call, 'Mul', inner, Math.sqrt(2 / Math.PI)), 'Tanh');
  return withNumber(call, 'Mul', binary(call, 'Mul', input, withNumber(call, 'Add', tanh, 1)), 0.5);
}
