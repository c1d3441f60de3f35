/** Conversions of the operations that a Keras model records when a function is called on a tensor. */
import { type Converter, isValue, type LayerCall, type Value, value } from '../layer-call.ts';
import { axisOf, reshape, storedAxis } from '../layout.ts';
import { clip, unary, withNumber } from '../nodes.ts';
import { combine, operand } from './merge.ts';
import { imageInput } from './padding.ts';
import { assertConstantFill, resizeTo } from './resize.ts';
import { concatenateAlong, permuteTo, reshapeToTarget, stackAlong } from './shape.ts';

/** An option of an operation: an argument of the call in Keras 2, a setting in Keras 3. */
export function option(call: LayerCall, name: string, position = 1, fallback?: unknown): unknown {
  return call.argument(position, name) ?? call.settings.raw(name, fallback);
}

export function elementwise(opType: string): Converter {
  return (call) => unary(call, call.inputs[0]!, opType);
}

/** Floating-point numbers stay what they are: the network computes in float32. */
export function cast(call: LayerCall): Value {
  const dtype = String(option(call, 'dtype'));
  if (/float(16|32|64)$/.test(dtype)) return call.inputs[0]!;
  return call.refuse(`converts to ${dtype}, which would round; only float32 is supported`);
}

export function clipValues(call: LayerCall): Value {
  const limit = (...names: string[]) => {
    const found = names.map((name) => option(call, name, -1)).find((item) => item !== undefined);
    return typeof found === 'number' ? found : call.refuse(`has no number as its ${names[0]}`);
  };
  return clip(call, call.inputs[0]!, limit('x_min', 'clip_value_min'), limit('x_max', 'clip_value_max'));
}

/** @param fallback numpy's default. */
export function axisOption(call: LayerCall, fallback: number): number {
  const axis = option(call, 'axis', 1, fallback);
  return typeof axis === 'number'
    ? axis
    : call.refuse(`has the axis ${JSON.stringify(axis)}; expected a number`);
}

export function reshapeOperation(call: LayerCall): Value {
  const target = option(call, 'newshape') ?? call.argument(1, 'shape');
  const [batch, ...rest] = [target].flat();
  if (batch === -1) return reshapeToTarget(call, rest);
  return call.refuse(`reshapes to ${JSON.stringify([batch, ...rest])}; expected -1 for the batch`);
}

export function transpose(call: LayerCall): Value {
  const axes = [option(call, 'axes') ?? call.argument(1, 'perm')].flat();
  if (axes[0] !== 0) return call.refuse('moves the batch, which has to stay first');
  return permuteTo(
    call,
    axes.slice(1).map((axis) => Number(axis) - 1),
  );
}

export function expandDims(call: LayerCall): Value {
  const [input] = call.inputs as [Value];
  const place = axisOf(call, axisOption(call, -1), input.shape.length + 1);
  return reshape(call.graph, call.path, input, input.shape.toSpliced(place, 0, 1));
}

export function squeeze(call: LayerCall): Value {
  const [input] = call.inputs as [Value];
  const places = [option(call, 'axis')]
    .flat()
    .map((axis) =>
      typeof axis === 'number'
        ? axisOf(call, axis, input.shape.length)
        : call.refuse('has no axis; expected one'),
    );
  if (places.some((place) => input.shape[place] !== 1)) return call.refuse('drops an axis longer than 1');
  return reshape(
    call.graph,
    call.path,
    input,
    input.shape.filter((_, place) => !places.includes(place)),
  );
}

/** Reverses an axis, as `x[..., ::-1]` does for the order of the colours. */
export function flip(call: LayerCall): Value {
  const { graph, path } = call;
  const [input] = call.inputs as [Value];
  const axes = [option(call, 'axis')].flat();
  const places = axes.map((axis) =>
    typeof axis === 'number'
      ? axisOf(call, axis, input.shape.length)
      : call.refuse('reverses the batch; each image must be classified on its own'),
  );
  const list = (name: string, number: (place: number) => number) =>
    graph.integers(`${path}/${name}`, places.map(number));
  const name = graph.node('Slice', path, [
    input.name,
    list('starts', (place) => input.shape[place]! - 1),
    list('ends', (place) => -input.shape[place]! - 1),
    list('axes', (place) => storedAxis(input.shape, place)),
    list('steps', () => -1),
  ]);
  return value(name, input.shape);
}

/** TensorFlow's `bias_add`: one number for each channel. */
export function biasAdd(call: LayerCall): Value {
  const format = call.argument(2, 'data_format') ?? 'NHWC';
  if (format !== 'NHWC') return call.refuse(`has the data format ${JSON.stringify(format)}; expected NHWC`);
  return combine(call, 'Add', call.inputs[0]!, operand(call, call.argument(1, 'bias')));
}

export function resizeOperation(call: LayerCall): Value {
  imageInput(call);
  const size = [option(call, 'size')].flat();
  const [height, width] = size;
  if (option(call, 'preserve_aspect_ratio', -1) === true) {
    return call.refuse('has preserve_aspect_ratio, with which the size depends on the image');
  }
  const interpolation = option(call, 'interpolation', -1) ?? option(call, 'method', -1, 'bilinear');
  const isPadded = option(call, 'pad_to_aspect_ratio', -1) === true;
  const isCropped = option(call, 'crop_to_aspect_ratio', -1) === true;
  assertConstantFill(call, option(call, 'fill_mode', -1, 'constant'));
  if (typeof height !== 'number' || typeof width !== 'number') {
    return call.refuse(`has the size ${JSON.stringify(size)}; expected [height, width]`);
  }
  return resizeTo(call, [height, width], {
    interpolation: String(interpolation),
    isAntialiased: option(call, 'antialias', -1) === true,
    aspect: isCropped ? 'crop' : isPadded ? 'pad' : 'stretch',
    fill: Number(option(call, 'fill_value', -1, 0)),
  });
}

function tensorsOf(call: LayerCall): readonly Value[] {
  // Keras 2 writes a list of one tensor as that tensor.
  const list = [call.argument(0, 'xs')].flat();
  return list.every(isValue) ? list : call.refuse('joins tensors and constants; expected tensors only');
}

export function concatenateOperation(call: LayerCall): Value {
  return concatenateAlong(call, tensorsOf(call), axisOption(call, 0));
}

export function stack(call: LayerCall): Value {
  return stackAlong(call, tensorsOf(call), axisOption(call, 0));
}

export function square(call: LayerCall): Value {
  const [input] = call.inputs as [Value];
  return value(call.graph.node('Mul', call.path, [input.name, input.name]), input.shape);
}

export function rsqrt(call: LayerCall): Value {
  return unary(call, unary(call, call.inputs[0]!, 'Sqrt'), 'Reciprocal');
}

export function log1p(call: LayerCall): Value {
  return unary(call, withNumber(call, 'Add', call.inputs[0]!, 1), 'Log');
}

export function expm1(call: LayerCall): Value {
  return withNumber(call, 'Sub', unary(call, call.inputs[0]!, 'Exp'), 1);
}

export function swapAxes(call: LayerCall): Value {
  const { shape } = call.inputs[0]!;
  const [first, second] = [option(call, 'axis1'), option(call, 'axis2', 2)].map((axis) =>
    axisOf(call, Number(axis), shape.length),
  ) as [number, number];
  const places = [...shape.keys()];
  return permuteTo(call, places.with(first, second).with(second, first));
}

export function round(call: LayerCall): Value {
  const decimals = option(call, 'decimals', 1, 0);
  if (decimals !== 0) return call.refuse(`rounds to ${JSON.stringify(decimals)} decimals; expected 0`);
  return unary(call, call.inputs[0]!, 'Round');
}
