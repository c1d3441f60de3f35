/** Pooling over windows and over everything. */
import { adaptiveMatrix, adaptiveWindows } from '../averaging.ts';
import { type LayerCall, type Value, value } from '../layer-call.ts';
import { reshapeTo } from '../layout.ts';
import { transposed } from '../resize-kernels.ts';
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

/** To a given size. Keras' windows overlap unless the size divides the input's. */
export function adaptivePool2d(kind: Kind): (call: LayerCall) => Value {
  return (call) => {
    const { graph, path } = call;
    const [height, width, channels] = imageInput(call);
    const [rows, columns] = call.settings.pair('output_size');
    const shape = [rows, columns, channels];
    const [input] = call.inputs as [Value];
    if (height % rows === 0 && width % columns === 0) {
      const size = [height / rows, width / columns];
      const window = { kernel_shape: size, strides: size };
      return value(graph.node(kind, path, [input.name], window), shape);
    }
    if (kind === 'MaxPool') {
      const tall = adaptiveMaximum(call, input.name, { from: height, to: rows, axis: 0 });
      return value(adaptiveMaximum(call, tall, { from: width, to: columns, axis: 1 }), shape);
    }
    const average = (name: string, dims: readonly number[], read: () => Float32Array) =>
      graph.weight(`${path}/${name}`, dims, read);
    const down = average('rows', [rows, height], () => adaptiveMatrix(height, rows));
    const across = average('columns', [width, columns], () =>
      transposed(adaptiveMatrix(width, columns), width),
    );
    const wide = graph.node('MatMul', `${path}/wide`, [input.name, across]);
    return value(graph.node('MatMul', path, [down, wide]), shape);
  };
}

/** The maxima of all windows of each size, of which each output takes one. */
function adaptiveMaximum(
  { graph, path }: LayerCall,
  input: string,
  { from, to, axis }: { readonly from: number; readonly to: number; readonly axis: 0 | 1 },
): string {
  const windows = adaptiveWindows(from, to);
  const sizes = [...new Set(windows.map(({ size }) => size))];
  const pooled = sizes.map((size) =>
    graph.node('MaxPool', `${path}/windows`, [input], {
      kernel_shape: axis === 0 ? [size, 1] : [1, size],
      strides: [1, 1],
    }),
  );
  const all = graph.node('Concat', `${path}/all`, pooled, { axis: 2 + axis });
  const places = windows.map(({ start, size }) => {
    const before = sizes.slice(0, sizes.indexOf(size));
    return start + before.reduce((sum, smaller) => sum + from - smaller + 1, 0);
  });
  return graph.node('Gather', `${path}/chosen`, [all, graph.integers(`${path}/places`, places)], {
    axis: 2 + axis,
  });
}

export function sequenceInput(call: LayerCall): [steps: number, channels: number] {
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
