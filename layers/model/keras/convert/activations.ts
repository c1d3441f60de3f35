/** Keras' activation functions, as layers, as arguments of layers and as recorded operations. */
import type { AttributeValue } from '../../onnx/graph.ts';
import { entryOf, type LayerCall, type Value } from './layer-call.ts';
import { axisOf, storedAxis } from './layout.ts';
import { binary, clip, unary, withNumber } from './nodes.ts';
import { readSettings, type Settings } from './settings.ts';
import { glu, sparsemax } from './wide-activations.ts';

/** The last part of a layer that has the setting `activation`. */
export function applyActivation(call: LayerCall, input: Value, activation: unknown): Value {
  if (activation === undefined || activation === null || activation === 'linear') {
    return { ...input, activation: 'none' };
  }
  if (typeof activation === 'string') return named(call, input, activation);
  return applySerialized(call, input, activation);
}

/** A layer as an argument: `{ module: 'keras.layers', class_name: 'LeakyReLU', config: {…} }` */
function applySerialized(call: LayerCall, input: Value, activation: unknown): Value {
  const { module, class_name, config } = activation as Readonly<Record<string, unknown>>;
  const isKeras = typeof module !== 'string' || /^(tf_)?keras\b/.test(module);
  const convert = isKeras ? entryOf(layersAsArguments, String(class_name)) : undefined;
  if (!convert) {
    return call.refuse(
      `has the activation ${JSON.stringify(activation).slice(0, 80)}; expected a function of Keras by its name, or one of the layers ${Object.keys(layersAsArguments).join(', ')}`,
    );
  }
  const settings = readSettings(Object(config) as Readonly<Record<string, unknown>>, call.refuse);
  const result = convert(call, input, settings);
  const [unread] = settings.unread();
  return unread === undefined
    ? result
    : call.refuse(`has an activation with the setting '${unread}', which is not supported`);
}

type Parametrised = (call: LayerCall, input: Value, settings: Settings) => Value;

/** Keras 3 calls the slope `negative_slope`, its predecessors `alpha`. */
export function leakyReluBySettings(call: LayerCall, input: Value, settings: Settings): Value {
  const slope = settings.raw('negative_slope') === undefined ? 'alpha' : 'negative_slope';
  return leakyRelu(call, input, settings.number(slope, 0.3));
}

export function reluBySettings(call: LayerCall, input: Value, settings: Settings): Value {
  const maximum = settings.raw('max_value') === undefined ? undefined : settings.number('max_value');
  return relu(call, input, {
    maximum,
    slope: settings.number('negative_slope', 0),
    threshold: settings.number('threshold', 0),
  });
}

export function eluBySettings(call: LayerCall, input: Value, settings: Settings): Value {
  return unary(call, input, 'Elu', { alpha: { float: settings.number('alpha', 1) } });
}

const layersAsArguments: Readonly<Record<string, Parametrised>> = {
  LeakyReLU: leakyReluBySettings,
  ReLU: reluBySettings,
  ELU: eluBySettings,
};

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
  return call.refuse(`has the activation '${activation}', which is not supported`);
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
  sparse_sigmoid: (call, input) =>
    unary(call, input, 'HardSigmoid', { alpha: { float: 0.5 }, beta: { float: 0.5 } }),
  sparse_plus: (call, input) => {
    const middle = withNumber(call, 'Add', clip(call, input, -1, 1), 1);
    const square = withNumber(call, 'Div', binary(call, 'Mul', middle, middle), 4);
    return binary(call, 'Add', square, unary(call, withNumber(call, 'Sub', input, 1), 'Relu'));
  },
  glu: (call, input) => glu(call, input, -1),
  sparsemax: (call, input) => sparsemax(call, input, -1),
  squareplus: (call, input) => {
    const root = unary(call, withNumber(call, 'Add', binary(call, 'Mul', input, input), 4), 'Sqrt');
    return withNumber(call, 'Mul', binary(call, 'Add', input, root), 0.5);
  },
};

export function leakyRelu(call: LayerCall, input: Value, alpha: number): Value {
  return unary(call, input, 'LeakyRelu', { alpha: { float: alpha } });
}

/** Values above the threshold stay, up to the maximum; those below become `slope * (x - threshold)`. */
function relu(
  call: LayerCall,
  input: Value,
  { maximum, slope = 0, threshold = 0 }: { maximum?: number | undefined; slope?: number; threshold?: number },
): Value {
  if (threshold === 0 && maximum === undefined) {
    return slope === 0 ? unary(call, input, 'Relu') : leakyRelu(call, input, slope);
  }
  const positive =
    threshold === 0 ? input : unary(call, input, 'ThresholdedRelu', { alpha: { float: threshold } });
  const limited = maximum === undefined ? positive : clip(call, positive, 0, maximum);
  if (slope === 0) return limited;
  const below = unary(call, withNumber(call, 'Sub', input, threshold), 'Neg');
  return binary(call, 'Sub', limited, withNumber(call, 'Mul', unary(call, below, 'Relu'), slope));
}

/** Keras 2: clip(0.2 x + 0.5). Keras 3: relu6(x + 3) / 6. */
function hardSigmoid(call: LayerCall, input: Value): Value {
  const alpha = call.kerasMajor >= 3 ? 1 / 6 : 0.2;
  return unary(call, input, 'HardSigmoid', { alpha: { float: alpha }, beta: { float: 0.5 } });
}

export function softmax(call: LayerCall, input: Value, axis: number): Value {
  const { shape } = input;
  const place = axisOf(call, axis, shape.length);
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
