/** Layers that prepare pixels inside the model. */
import { constantOf } from '../../graph/arguments.ts';
import { type LayerCall, type Value, value } from '../layer-call.ts';
import { binary, clip, unary, withNumber } from '../nodes.ts';
import { combine } from './merge.ts';
import { axesOf, byTable, tableShape } from './normalisation.ts';
import { imageInput } from './padding.ts';

/** x * scale + offset */
export function rescaling(call: LayerCall): Value {
  const [input] = call.inputs as [Value];
  const scaled = combine(call, 'Mul', input, tableSetting(call, 'scale', 1));
  const offset = tableSetting(call, 'offset', 0);
  return offset.values.every((number) => number === 0) ? scaled : combine(call, 'Add', scaled, offset);
}

// `keras.config.epsilon()`, unless a program changes it; no file says so.
const smallestDeviation = 1e-7;

/** (x - mean) / sqrt(variance), with statistics of the training images or given ones. */
export function normalization(call: LayerCall): Value {
  const { settings } = call;
  const [input] = call.inputs as [Value];
  // Keras writes `axis=None`, the same statistics for all values, as an empty list.
  const axes = [settings.raw('axis', [])].flat();
  const places = axes.length === 0 ? [] : axesOf(call, axes);
  const shape = tableShape(input.shape, places);
  const { mean, variance } = statistics(
    call,
    places.map((place) => input.shape[place]!),
  );
  const deviation = () =>
    Float32Array.from(variance(), (number) => Math.max(Math.sqrt(number), smallestDeviation));
  if (settings.flag('invert', false)) {
    return byTable(
      call,
      'Add',
      byTable(call, 'Mul', input, 'deviation', shape, deviation),
      'mean',
      shape,
      mean,
    );
  }
  return byTable(
    call,
    'Div',
    byTable(call, 'Sub', input, 'mean', shape, mean),
    'deviation',
    shape,
    deviation,
  );
}

function statistics(
  call: LayerCall,
  shape: readonly number[],
): { mean: () => Float32Array; variance: () => Float32Array } {
  const { settings } = call;
  const size = shape.reduce((a, b) => a * b, 1);
  if (settings.raw('mean') === undefined) {
    const { mean, variance } = call.weights({ mean: shape, variance: shape });
    return { mean: mean.read, variance: variance.read };
  }
  const given = (name: string) => {
    const { values } = tableSetting(call, name, 0);
    if (values.length !== size && values.length !== 1) {
      call.refuse(`has a ${name} of ${values.length} numbers; expected ${size}`);
    }
    return () => Float32Array.from({ length: size }, (_, i) => values[values.length === 1 ? 0 : i]!);
  };
  return { mean: given('mean'), variance: given('variance') };
}

/** A number or a table of numbers, as Python lists or NumPy arrays. */
function tableSetting(call: LayerCall, name: string, fallback: number) {
  const setting = call.settings.raw(name, fallback);
  const isArray = typeof setting === 'object' && setting !== null && 'config' in setting;
  const table = isArray ? (setting as { config?: { value?: unknown } }).config?.value : setting;
  return constantOf(table, call.path);
}

/** InceptionResNet's: the first input plus the second by a factor. */
export function customScale(call: LayerCall): Value {
  const { graph, path, settings } = call;
  const [first, second] = call.inputs as [Value, Value];
  const factor = graph.scalar(`${path}/scale`, settings.number('scale'));
  const scaled = graph.node('Mul', `${path}/scaled`, [second.name, factor]);
  if (first.shape.join() !== second.shape.join()) return call.refuse('adds tensors of different shapes');
  return value(graph.node('Add', path, [first.name, scaled]), first.shape);
}

/** Stretches each channel of an image to the whole range, in training and at inference. A channel of one value stays as it is. */
export function autoContrast(call: LayerCall): Value {
  const { graph, path } = call;
  imageInput(call);
  const [input] = call.inputs as [Value];
  const { values } = tableSetting(call, 'value_range', 0);
  const [low, high] = values as [number, number];
  if (values.length !== 2 || low >= high) call.refuse(`has the value_range ${JSON.stringify(values)}`);
  const isBytes = low === 0 && high === 255;
  const bytes = isBytes
    ? input
    : withNumber(call, 'Mul', withNumber(call, 'Div', withNumber(call, 'Sub', input, low), high - low), 255);
  const axes = graph.integers(`${path}/axes`, [2, 3]);
  const extreme = (opType: string) =>
    value(graph.node(opType, `${path}/${opType}`, [bytes.name, axes], { keepdims: 1 }), input.shape);
  const darkest = extreme('ReduceMin');
  const scale = binary(call, 'Div', constant(call, 255), binary(call, 'Sub', extreme('ReduceMax'), darkest));
  const offset = binary(call, 'Mul', unary(call, darkest, 'Neg'), scale);
  const stretched = clip(call, binary(call, 'Add', binary(call, 'Mul', bytes, scale), offset), 0, 255);
  const scaled = isBytes
    ? stretched
    : withNumber(
        call,
        'Add',
        withNumber(call, 'Mul', withNumber(call, 'Div', stretched, 255), high - low),
        low,
      );
  const isUndefined = graph.node('IsNaN', `${path}/is_undefined`, [scaled.name]);
  return value(graph.node('Where', path, [isUndefined, input.name, scaled.name]), input.shape);
}

function constant({ graph, path }: LayerCall, number: number): Value {
  return value(graph.scalar(`${path}/number`, number), []);
}
