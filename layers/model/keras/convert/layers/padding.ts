/** Padding of windows as TensorFlow does it. */
import type { LayerCall } from '../layer-call.ts';

export interface Window {
  readonly size: readonly [height: number, width: number];
  readonly strides: readonly [number, number];
  readonly dilations: readonly [number, number];
}

export interface PaddedWindow {
  /** As ONNX has them: [top, left, bottom, right]. */
  readonly pads: readonly [number, number, number, number];
  readonly output: readonly [height: number, width: number];
}

/**
 * 'valid' pads nothing. 'same' pads so that the output has `ceil(input / stride)` positions; an odd remainder goes to the bottom and
 * right, so the padding depends on the size of the input.
 */
export function padWindow(
  call: LayerCall,
  [height, width]: readonly number[],
  window: Window,
  padding: string,
): PaddedWindow {
  if (padding !== 'valid' && padding !== 'same') {
    return call.refuse(`has the padding '${padding}'; expected 'valid' or 'same'`);
  }
  const [top, bottom, rows] = padAxis(height!, 0, window, padding);
  const [left, right, columns] = padAxis(width!, 1, window, padding);
  if (rows >= 1 && columns >= 1) return { pads: [top, left, bottom, right], output: [rows, columns] };
  return call.refuse(
    `has a window of ${window.size.join('x')}, larger than its input of ${height}x${width}`,
    'give a larger --size, if the model takes any',
  );
}

function padAxis(
  input: number,
  axis: 0 | 1,
  { size, strides, dilations }: Window,
  padding: 'valid' | 'same',
): [before: number, after: number, output: number] {
  const reach = reachOf(size[axis], dilations[axis]);
  const stride = strides[axis];
  if (padding === 'valid') return [0, 0, Math.floor((input - reach) / stride) + 1];
  const output = Math.ceil(input / stride);
  const total = Math.max((output - 1) * stride + reach - input, 0);
  const before = Math.floor(total / 2);
  return [before, total - before, output];
}

/** The extent of a dilated window. */
export function reachOf(size: number, dilation: number): number {
  return (size - 1) * dilation + 1;
}

/** @throws UnusableModel unless the channels come last, and the tensor is an image. */
export function imageInput(call: LayerCall): readonly [height: number, width: number, channels: number] {
  const { shape } = call.inputs[0]!;
  assertChannelsLast(call);
  const [height, width, channels] = shape;
  if (shape.length === 3) return [height!, width!, channels!];
  return call.refuse(`takes images, not a tensor of the shape [batch, ${shape.join(', ')}]`);
}

export function assertChannelsLast(call: LayerCall): void {
  const format = call.settings.raw('data_format', 'channels_last');
  if (format !== 'channels_last') {
    call.refuse(`is ${format}; only channels_last is supported`, 'build the model with channels_last');
  }
}
