/** Layers that scale images, as `tf.image.resize` does without antialiasing. */
import { entryOf, type LayerCall, type Value, value } from '../layer-call.ts';
import { kernels, transposed } from '../resize-kernels.ts';
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
    return call.refuse('has antialias, which is not supported');
  }
  if (settings.flag('pad_to_aspect_ratio', false)) {
    return call.refuse('has pad_to_aspect_ratio, which is not supported');
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

export function resize(
  call: LayerCall,
  input: Value,
  [height, width]: readonly [number, number],
  interpolation: string,
): Value {
  const { graph, path } = call;
  const [fromHeight, fromWidth, channels] = input.shape as [number, number, number];
  const kernel = entryOf(kernels, interpolation);
  if (!kernel) {
    return call.refuse(
      `has the interpolation '${interpolation}'; supported are ${Object.keys(kernels).join(', ')}`,
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
