/** Convolutions. Keras' kernels are [height, width, inputs, outputs], ONNX' [outputs, inputs, height, width]. */
import { applyActivation } from '../activations.ts';
import { type LayerCall, type Value, value } from '../layer-call.ts';
import { imageInput, type PaddedWindow, padWindow, type Window } from './padding.ts';

export function conv2d(call: LayerCall): Value {
  const { settings } = call;
  const [height, width, inputs] = imageInput(call);
  const filters = settings.integer('filters', 1);
  const groups = settings.integer('groups', 1, 1);
  const window = windowOf(call);
  const { kernel, bias } = call.weights({
    kernel: [...window.size, inputs / groups, filters],
    ...biasShape(call, filters),
  });
  const shape = { inputs: inputs / groups, outputs: filters, area: areaOf(window) };
  const convolved = convolve(call, call.path, call.inputs[0]!.name, {
    kernel: call.graph.weight(`${call.path}/kernel`, [filters, shape.inputs, ...window.size], () =>
      outputsFirst(kernel!.read(), shape),
    ),
    bias: bias && call.graph.weight(`${call.path}/bias`, [filters], bias.read),
    window,
    groups,
    padded: padWindow(call, [height, width], window, settings.text('padding', 'valid')),
  });
  return activated(call, convolved, filters);
}

export function depthwiseConv2d(call: LayerCall): Value {
  const { settings } = call;
  const [height, width, inputs] = imageInput(call);
  const multiplier = settings.integer('depth_multiplier', 1, 1);
  const outputs = inputs * multiplier;
  const window = windowOf(call);
  assertUnused(call);
  const { depthwise_kernel: kernel, bias } = call.weights({
    depthwise_kernel: [...window.size, inputs, multiplier],
    ...biasShape(call, outputs),
  });
  const convolved = convolve(call, call.path, call.inputs[0]!.name, {
    kernel: call.graph.weight(`${call.path}/kernel`, [outputs, 1, ...window.size], () =>
      outputsFirst(kernel!.read(), { inputs: 1, outputs, area: areaOf(window) }),
    ),
    bias: bias && call.graph.weight(`${call.path}/bias`, [outputs], bias.read),
    window,
    groups: inputs,
    padded: padWindow(call, [height, width], window, settings.text('padding', 'valid')),
  });
  return activated(call, convolved, outputs);
}

export function separableConv2d(call: LayerCall): Value {
  const { settings } = call;
  const [height, width, inputs] = imageInput(call);
  const filters = settings.integer('filters', 1);
  const multiplier = settings.integer('depth_multiplier', 1, 1);
  if (settings.integer('groups', 1, 1) !== 1) call.refuse('has groups; expected 1');
  const between = inputs * multiplier;
  const window = windowOf(call);
  const { depthwise_kernel, pointwise_kernel, bias } = call.weights({
    depthwise_kernel: [...window.size, inputs, multiplier],
    pointwise_kernel: [1, 1, between, filters],
    ...biasShape(call, filters),
  });
  const depthwise = convolve(call, `${call.path}/depthwise`, call.inputs[0]!.name, {
    kernel: call.graph.weight(`${call.path}/depthwise_kernel`, [between, 1, ...window.size], () =>
      outputsFirst(depthwise_kernel!.read(), { inputs: 1, outputs: between, area: areaOf(window) }),
    ),
    bias: undefined,
    window,
    groups: inputs,
    padded: padWindow(call, [height, width], window, settings.text('padding', 'valid')),
  });
  const pointwise = convolve(call, call.path, depthwise.name, {
    kernel: call.graph.weight(`${call.path}/pointwise_kernel`, [filters, between, 1, 1], () =>
      outputsFirst(pointwise_kernel!.read(), { inputs: between, outputs: filters, area: 1 }),
    ),
    bias: bias && call.graph.weight(`${call.path}/bias`, [filters], bias.read),
    window: { size: [1, 1], strides: [1, 1], dilations: [1, 1] },
    groups: 1,
    padded: { pads: [0, 0, 0, 0], output: depthwise.output },
  });
  return activated(call, pointwise, filters);
}

export function windowOf(call: LayerCall): Window {
  const { settings } = call;
  return {
    size: settings.pair('kernel_size'),
    strides: settings.pair('strides', 1),
    dilations: settings.pair('dilation_rate', 1),
  };
}

export function areaOf({ size: [height, width] }: Window): number {
  return height * width;
}

export function biasShape({ settings }: LayerCall, outputs: number): { bias?: readonly number[] } {
  return settings.flag('use_bias', true) ? { bias: [outputs] } : {};
}

/** Keras 2 writes these of a depthwise convolution too, where they mean nothing. */
function assertUnused({ settings }: LayerCall): void {
  settings.raw('filters');
  settings.raw('groups');
}

interface Convolution {
  readonly kernel: string;
  readonly bias: string | undefined;
  readonly window: Window;
  readonly groups: number;
  readonly padded: PaddedWindow;
}

function convolve(
  { graph }: LayerCall,
  path: string,
  input: string,
  { kernel, bias, window, groups, padded }: Convolution,
): Pick<PaddedWindow, 'output'> & { readonly name: string } {
  const [dilation, other] = window.dilations;
  const name = graph.node('Conv', path, [input, kernel, ...(bias ? [bias] : [])], {
    kernel_shape: window.size,
    strides: window.strides,
    pads: padded.pads,
    ...(groups > 1 && { group: groups }),
    ...((dilation > 1 || other > 1) && { dilations: window.dilations }),
  });
  return { name, output: padded.output };
}

export function activated(
  call: LayerCall,
  { name, output }: Pick<PaddedWindow, 'output'> & { readonly name: string },
  channels: number,
): Value {
  return applyActivation(call, value(name, [...output, channels]), call.settings.raw('activation'));
}

/** [area, inputs, outputs] -> [outputs, inputs, area] */
export function outputsFirst(
  kernel: Float32Array,
  { inputs, outputs, area }: { readonly inputs: number; readonly outputs: number; readonly area: number },
): Float32Array {
  const turned = new Float32Array(kernel.length);
  for (let position = 0, from = 0; position < area; position++) {
    for (let i = 0; i < inputs; i++) {
      for (let o = 0; o < outputs; o++) turned[(o * inputs + i) * area + position] = kernel[from++]!;
    }
  }
  return turned;
}
