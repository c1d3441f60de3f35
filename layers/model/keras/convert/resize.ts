/** Layers that scale images, as `tf.image.resize` does without antialiasing. */
import type { AttributeValue } from '../../onnx/graph.ts';
import { resizeBicubic } from './bicubic.ts';
import { entryOf, type LayerCall, type Value, value } from './layer-call.ts';
import { imageInput } from './padding.ts';
import { cropTo } from './shape.ts';

export function upSampling2d(call: LayerCall): Value {
  const [height, width] = imageInput(call);
  const [rows, columns] = call.settings.pair('size', 2);
  const interpolation = call.settings.text('interpolation', 'nearest');
  return resize(call, call.inputs[0]!, [height * rows, width * columns], interpolation);
}

export function resizing(call: LayerCall): Value {
  const { settings } = call;
  const [height, width] = imageInput(call);
  const target = [settings.integer('height', 1), settings.integer('width', 1)] as const;
  const interpolation = settings.text('interpolation', 'bilinear');
  if (settings.flag('antialias', false)) {
    return call.refuse('has antialias, which is not supported; leave it out');
  }
  if (settings.flag('pad_to_aspect_ratio', false)) {
    return call.refuse(
      'has pad_to_aspect_ratio, which is not supported; give images of the right aspect ratio',
    );
  }
  // They fill what pad_to_aspect_ratio adds.
  settings.raw('fill_mode');
  settings.raw('fill_value');
  const [input] = call.inputs as [Value];
  if (!settings.flag('crop_to_aspect_ratio', false)) return resize(call, input, target, interpolation);
  const cropHeight = Math.min(height, Math.floor((width * target[0]) / target[1]));
  const cropWidth = Math.min(width, Math.floor((height * target[1]) / target[0]));
  const box = {
    top: Math.floor((height - cropHeight) / 2),
    left: Math.floor((width - cropWidth) / 2),
    height: cropHeight,
    width: cropWidth,
  };
  return resize(call, cropTo(call, input, box), target, interpolation);
}

/** Cuts the middle out, or scales up what is smaller. */
export function centerCrop(call: LayerCall): Value {
  const [height, width] = imageInput(call);
  const target = [call.settings.integer('height', 1), call.settings.integer('width', 1)] as const;
  if (height < target[0] || width < target[1]) {
    return call.refuse(`crops ${height}x${width} to ${target.join('x')}, which is larger`);
  }
  return cropTo(call, call.inputs[0]!, {
    top: Math.floor((height - target[0]) / 2),
    left: Math.floor((width - target[1]) / 2),
    height: target[0],
    width: target[1],
  });
}

const interpolations: Readonly<Record<string, Readonly<Record<string, AttributeValue>>>> = {
  // The pixel at floor((x + 0.5) * scale) is the one nearest to the centre, ties upwards.
  nearest: {
    mode: 'nearest',
    coordinate_transformation_mode: 'half_pixel',
    nearest_mode: 'round_prefer_ceil',
  },
  bilinear: { mode: 'linear', coordinate_transformation_mode: 'half_pixel' },
};

export function resize(
  call: LayerCall,
  input: Value,
  [height, width]: readonly [number, number],
  interpolation: string,
): Value {
  const { graph, path } = call;
  const shape = [height, width, input.shape[2]!];
  if (shape.join() === input.shape.join()) return input;
  if (interpolation === 'bicubic') return resizeBicubic(call, input, [height, width]);
  const attributes = entryOf(interpolations, interpolation);
  if (!attributes) {
    return call.refuse(
      `has the interpolation '${interpolation}'; supported are nearest, bilinear and bicubic`,
    );
  }
  const sizes = graph.integers(`${path}/sizes`, [height, width]);
  const name = graph.node('Resize', path, [input.name, '', '', sizes], { ...attributes, axes: [2, 3] });
  return value(name, shape);
}
