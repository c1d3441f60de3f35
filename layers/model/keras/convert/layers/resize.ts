/** Layers that scale images, as `tf.image.resize` does. */
import { type LayerCall, type Value, value } from '../layer-call.ts';
import { interpolations, kernelOf, transposed } from '../resize-kernels.ts';
import { imageInput } from './padding.ts';
import { cropTo, padWith } from './shape.ts';

export function upSampling2d(call: LayerCall): Value {
  const [height, width] = imageInput(call);
  const [rows, columns] = call.settings.pair('size', 2);
  const interpolation = call.settings.text('interpolation', 'nearest');
  return resize(call, call.inputs[0]!, [height * rows, width * columns], interpolation);
}

export interface ResizeOptions {
  readonly interpolation: string;
  readonly isAntialiased: boolean;
  /** Cuts or pads to the aspect ratio of the target before scaling. */
  readonly aspect: 'stretch' | 'crop' | 'pad';
  /** The value of padding. */
  readonly fill: number;
}

export function resizing(call: LayerCall): Value {
  const { settings } = call;
  imageInput(call);
  const target = [settings.integer('height', 1), settings.integer('width', 1)] as const;
  const isPadded = settings.flag('pad_to_aspect_ratio', false);
  const isCropped = settings.flag('crop_to_aspect_ratio', false);
  assertConstantFill(call, settings.raw('fill_mode', 'constant'));
  return resizeTo(call, target, {
    interpolation: settings.text('interpolation', 'bilinear'),
    isAntialiased: settings.flag('antialias', false),
    aspect: isCropped ? 'crop' : isPadded ? 'pad' : 'stretch',
    fill: settings.number('fill_value', 0),
  });
}

export function assertConstantFill(call: LayerCall, mode: unknown): void {
  if (mode !== 'constant') call.refuse(`has the fill_mode '${mode}'; expected 'constant'`);
}

/** `keras.ops.image.resize`. */
export function resizeTo(
  call: LayerCall,
  target: readonly [height: number, width: number],
  { interpolation, isAntialiased, aspect, fill }: ResizeOptions,
): Value {
  const [input] = call.inputs as [Value];
  const prepared =
    aspect === 'crop'
      ? cropToAspect(call, input, target)
      : aspect === 'pad'
        ? padToAspect(call, input, target, fill)
        : input;
  return resize(call, prepared, target, interpolation, isAntialiased);
}

function cropToAspect(call: LayerCall, input: Value, target: readonly [number, number]): Value {
  const [height, width] = input.shape as [number, number, number];
  const cropHeight = Math.max(Math.min(height, Math.floor((width * target[0]) / target[1])), 1);
  const cropWidth = Math.max(Math.min(width, Math.floor((height * target[1]) / target[0])), 1);
  return cropTo(call, input, {
    top: Math.floor((height - cropHeight) / 2),
    left: Math.floor((width - cropWidth) / 2),
    height: cropHeight,
    width: cropWidth,
  });
}

/** Adds the same border on both sides, so that the result may be one pixel short of the ratio. */
function padToAspect(call: LayerCall, input: Value, target: readonly [number, number], fill: number): Value {
  const [height, width] = input.shape as [number, number, number];
  const vertical = Math.max(Math.floor((Math.floor((width * target[0]) / target[1]) - height) / 2), 0);
  const horizontal = Math.max(Math.floor((Math.floor((height * target[1]) / target[0]) - width) / 2), 0);
  return padWith(
    call,
    input,
    [
      [vertical, vertical],
      [horizontal, horizontal],
    ],
    fill,
  );
}

/** Cuts the middle out; an image that is smaller is cut to the aspect ratio and scaled. */
export function centerCrop(call: LayerCall): Value {
  const [height, width] = imageInput(call);
  const target = [call.settings.integer('height', 1), call.settings.integer('width', 1)] as const;
  if (height < target[0] || width < target[1]) return smartResize(call, target);
  return cropTo(call, call.inputs[0]!, {
    top: Math.floor((height - target[0]) / 2),
    left: Math.floor((width - target[1]) / 2),
    height: target[0],
    width: target[1],
  });
}

/** Crops in training only: at inference Keras 3.8 and later leave the image as it is, Keras 2 cuts it to the aspect ratio and scales it. */
export function randomCrop(call: LayerCall): Value {
  imageInput(call);
  const target = [call.settings.integer('height', 1), call.settings.integer('width', 1)] as const;
  return call.kerasMajor >= 3 ? call.inputs[0]! : smartResize(call, target);
}

function smartResize(call: LayerCall, target: readonly [number, number]): Value {
  return resizeTo(call, target, { interpolation: 'bilinear', isAntialiased: false, aspect: 'crop', fill: 0 });
}

export function resize(
  call: LayerCall,
  input: Value,
  [height, width]: readonly [number, number],
  interpolation: string,
  isAntialiased = false,
): Value {
  const { graph, path } = call;
  const [fromHeight, fromWidth, channels] = input.shape as [number, number, number];
  const kernel = kernelOf(interpolation, isAntialiased);
  if (!kernel) {
    return call.refuse(
      `has the interpolation '${interpolation}'; supported are ${interpolations.join(', ')}`,
    );
  }
  const shape = [height, width, channels];
  if (height === fromHeight && width === fromWidth) return input;
  const isRepetition = height % fromHeight === 0 && width % fromWidth === 0;
  if (interpolation === 'nearest' && isRepetition) {
    const factors = [1, 1, height / fromHeight, width / fromWidth];
    const scales = graph.weight(`${path}/scales`, [4], () => Float32Array.from(factors));
    return value(graph.node('Resize', path, [input.name, '', scales], repetition), shape);
  }
  const rows = graph.weight(`${path}/rows`, [height, fromHeight], () => kernel(fromHeight, height));
  const columns = graph.weight(`${path}/columns`, [fromWidth, width], () =>
    transposed(kernel(fromWidth, width), fromWidth),
  );
  const wide = graph.node('MatMul', `${path}/wide`, [input.name, columns]);
  return value(graph.node('MatMul', path, [rows, wide]), shape);
}

const repetition = { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' };
