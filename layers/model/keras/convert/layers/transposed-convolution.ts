/** The gradient of a convolution as a layer. Keras' kernel is [height, width, outputs, inputs], ONNX' [inputs, outputs, height, width]. */
import type { LayerCall, Value } from '../layer-call.ts';
import { activated, areaOf, biasShape, outputsFirst, windowOf } from './convolution.ts';
import { imageInput, reachOf, type Window } from './padding.ts';

export function conv2dTranspose(call: LayerCall): Value {
  const { settings, path, graph } = call;
  const [height, width, inputs] = imageInput(call);
  const filters = settings.integer('filters', 1);
  const window = windowOf(call);
  const padding = settings.text('padding', 'valid');
  if (padding !== 'valid' && padding !== 'same') {
    return call.refuse(`has the padding '${padding}'; expected 'valid' or 'same'`);
  }
  if (settings.integer('groups', 1, 1) !== 1) call.refuse('has groups; expected 1');
  const { kernel, bias } = call.weights({
    kernel: [...window.size, filters, inputs],
    ...biasShape(call, filters),
  });
  const [rowsPadding, columnsPadding] = outputPadding(call);
  const rows = transposedAxis(call, height, { axis: 0, window, padding, outputPadding: rowsPadding });
  const columns = transposedAxis(call, width, { axis: 1, window, padding, outputPadding: columnsPadding });
  const weights = [
    graph.weight(`${path}/kernel`, [inputs, filters, ...window.size], () =>
      // In Keras' kernel the outputs stand before the inputs.
      outputsFirst(kernel!.read(), { inputs: filters, outputs: inputs, area: areaOf(window) }),
    ),
    ...(bias ? [graph.weight(`${path}/bias`, [filters], bias.read)] : []),
  ];
  const name = graph.node('ConvTranspose', path, [call.inputs[0]!.name, ...weights], {
    kernel_shape: window.size,
    strides: window.strides,
    dilations: window.dilations,
    pads: [rows.before, columns.before, rows.after, columns.after],
    output_padding: [rows.extra, columns.extra],
  });
  return activated(call, { name, output: [rows.output, columns.output] }, filters);
}

interface TransposedAxis {
  readonly before: number;
  readonly after: number;
  readonly extra: number;
  readonly output: number;
}

interface AxisOptions {
  readonly axis: 0 | 1;
  readonly window: Window;
  readonly padding: 'valid' | 'same';
  readonly outputPadding: number | undefined;
}

/** Keras computes the size of the output; TensorFlow pads so that a convolution of that size gives the input's. */
function transposedAxis(
  call: LayerCall,
  input: number,
  { axis, window, padding, outputPadding: added }: AxisOptions,
): TransposedAxis {
  const stride = window.strides[axis];
  const reach = reachOf(window.size[axis], window.dilations[axis]);
  const between = (input - 1) * stride;
  if (padding === 'valid') {
    const extra = added ?? Math.max(stride - reach, 0);
    return fitting(call, { before: 0, after: 0, extra, output: between + reach + extra }, stride);
  }
  const output = added === undefined ? input * stride : between + (reach % 2) + added;
  const surplus = Math.max(between + reach - output, 0);
  const before = Math.floor(surplus / 2);
  const extra = Math.max(output - between - reach, 0);
  if (Math.ceil(output / stride) !== input) refuseOutputPadding(call);
  return fitting(call, { before, after: surplus - before, extra, output }, stride);
}

/** An extra of a stride or more would move the convolution. */
function fitting(call: LayerCall, axis: TransposedAxis, stride: number): TransposedAxis {
  return axis.extra < stride && axis.output >= 1 ? axis : refuseOutputPadding(call);
}

function refuseOutputPadding(call: LayerCall): never {
  return call.refuse(
    `has the output_padding ${JSON.stringify(call.settings.raw('output_padding'))}, with which the output does not belong to its input`,
  );
}

/** By axis; nothing where Keras chooses. */
function outputPadding(call: LayerCall): [number | undefined, number | undefined] {
  const given = call.settings.raw('output_padding');
  if (given === undefined) return [undefined, undefined];
  const [rows, columns = rows] = [given].flat() as unknown[];
  return isSize(rows) && isSize(columns) ? [rows, columns] : refuseOutputPadding(call);
}

function isSize(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}
