/** Layers of sequences [steps, channels], computed as those of images one pixel wide. */
import type { Converter, LayerCall, Value } from '../layer-call.ts';
import { reshape } from '../layout.ts';
import type { Settings } from '../settings.ts';
import { sequenceInput } from './pooling.ts';

/** @param convert A layer of images. */
export function alongSteps(convert: Converter): Converter {
  return (call) => {
    const [steps, channels] = sequenceInput(call);
    const image = reshape(call.graph, `${call.path}/image`, call.inputs[0]!, [steps, 1, channels]);
    const output = convert({
      ...call,
      inputs: [image],
      settings: widened(call),
      weights: weightsOf(call),
    }) as Value;
    const [length, , features] = output.shape as [number, number, number];
    return reshape(call.graph, `${call.path}/sequence`, output, [length, features]);
  };
}

/** `kernel_size: [3]` is a window of 3x1. */
function widened(call: LayerCall): Settings {
  const { settings } = call;
  return {
    ...settings,
    pair: (name, fallback) => {
      const [size, ...others] = [settings.raw(name, fallback)].flat();
      const isSize = typeof size === 'number' && Number.isInteger(size) && size >= 1 && size <= 100_000;
      if (isSize && others.length === 0) return [size, 1];
      return call.refuse(
        `has ${name} ${JSON.stringify(settings.raw(name))}; expected a whole number of at least 1`,
      );
    },
    raw: (name, fallback) => {
      const given = settings.raw(name, fallback);
      if (name === 'output_padding' && given !== undefined) return [[given].flat()[0], 0];
      return name === 'padding' || name === 'cropping' ? [given, 0] : given;
    },
  };
}

/** Keras' kernels of sequences are [length, inputs, outputs]. */
function weightsOf(call: LayerCall): LayerCall['weights'] {
  return (shapes) => {
    const narrowed = Object.entries<readonly number[] | undefined>(shapes).map(([name, shape]) => [
      name,
      shape && shape.length === 4 ? shape.toSpliced(1, 1) : shape,
    ]);
    return call.weights(Object.fromEntries(narrowed) as typeof shapes);
  };
}
