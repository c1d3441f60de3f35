/** Pooling over windows and over everything. */
import { type LayerCall, type Value, value } from '../layer-call.ts';
import { reshapeTo } from '../layout.ts';
import { assertChannelsLast, imageInput, padWindow } from './padding.ts';

type Kind = 'MaxPool' | 'AveragePool';

export function pool2d(kind: Kind): (call: LayerCall) => Value {
  return (call) => {
    const [height, width, channels] = imageInput(call);
    const size = call.settings.pair('pool_size', 2);
    const strides = call.settings.raw('strides') === undefined ? size : call.settings.pair('strides');
    const window = { size, strides, dilations: [1, 1] } as const;
    const { pads, output } = padWindow(call, [height, width], window, call.settings.text('padding', 'valid'));
    // Neither Keras nor ONNX counts the padding as values: at the edge the average is over fewer values.
    const name = call.graph.node(kind, call.path, [call.inputs[0]!.name], {
      kernel_shape: size,
      strides,
      pads,
    });
    return value(name, [...output, channels]);
  };
}

/** Over the steps of a sequence [steps, channels]. */
export function pool1d(kind: Kind): (call: LayerCall) => Value {
  return (call) => {
    const { graph, path, settings } = call;
    const [steps, channels] = sequenceInput(call);
    const size = single(settings.raw('pool_size', 2), call);
    const stride = single(settings.raw('strides', size), call);
    const window = { size: [size, 1], strides: [stride, 1], dilations: [1, 1] } as const;
    const { pads, output } = padWindow(call, [steps, 1], window, settings.text('padding', 'valid'));
    const turned = graph.node('Transpose', `${path}/channels_first`, [call.inputs[0]!.name], {
      perm: [0, 2, 1],
    });
    const pooled = graph.node(kind, path, [turned], {
      kernel_shape: [size],
      strides: [stride],
      pads: [pads[0], pads[2]],
    });
    const name = graph.node('Transpose', `${path}/channels_last`, [pooled], { perm: [0, 2, 1] });
    return value(name, [output[0], channels]);
  };
}

export function globalPool2d(kind: 'GlobalMaxPool' | 'GlobalAveragePool'): (call: LayerCall) => Value {
  return (call) => {
    const [, , channels] = imageInput(call);
    const pooled = call.graph.node(kind, call.path, [call.inputs[0]!.name]);
    if (call.settings.flag('keepdims', false)) return value(pooled, [1, 1, channels]);
    return value(call.graph.node('Flatten', `${call.path}/flat`, [pooled]), [channels]);
  };
}

export function globalPool1d(opType: 'ReduceMax' | 'ReduceMean'): (call: LayerCall) => Value {
  return (call) => {
    const [, channels] = sequenceInput(call);
    const keepsAxis = call.settings.flag('keepdims', false);
    const steps = call.graph.integers(`${call.path}/axes`, [1]);
    const name = call.graph.node(opType, call.path, [call.inputs[0]!.name, steps], {
      keepdims: keepsAxis ? 1 : 0,
    });
    return value(name, keepsAxis ? [1, channels] : [channels]);
  };
}

/** To a given size. Keras' bins overlap unless the size divides the input's. */
export function adaptivePool2d(kind: Kind): (call: LayerCall) => Value {
  return (call) => {
    const [height, width, channels] = imageInput(call);
    const [rows, columns] = call.settings.pair('output_size');
    if (height % rows !== 0 || width % columns !== 0) {
      return call.refuse(`pools ${height}x${width} to ${rows}x${columns}; expected a divisor`);
    }
    const size = [height / rows, width / columns];
    const name = call.graph.node(kind, call.path, [call.inputs[0]!.name], {
      kernel_shape: size,
      strides: size,
    });
    return value(name, [rows, columns, channels]);
  };
}

function sequenceInput(call: LayerCall): [steps: number, channels: number] {
  assertChannelsLast(call);
  const { shape } = call.inputs[0]!;
  if (shape.length === 2) return [shape[0]!, shape[1]!];
  return call.refuse(`takes sequences, not a tensor of the shape [batch, ${shape.join(', ')}]`);
}

function single(setting: unknown, call: LayerCall): number {
  const [size] = [setting].flat();
  return typeof size === 'number' && Number.isInteger(size) && size >= 1
    ? size
    : call.refuse(`has the window ${JSON.stringify(setting)}; expected a whole number`);
}

/** Repeats a vector. */
export function repeatVector(call: LayerCall): Value {
  const { graph, path, settings } = call;
  const [input] = call.inputs as [Value];
  const [length] = input.shape;
  if (input.shape.length !== 1) return call.refuse(`takes vectors, not [batch, ${input.shape.join(', ')}]`);
  const count = settings.integer('n', 1);
  const row = reshapeTo(graph, `${path}/row`, input.name, [1, length!]);
  const repeats = graph.integers(`${path}/repeats`, [1, count, 1]);
  return value(graph.node('Tile', path, [row, repeats]), [count, length!]);
}
