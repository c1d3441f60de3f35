/** timm's `pretrained_cfg` -> preprocessing, as `timm.data.create_transform` applies it for evaluation. */
import * as v from 'valibot';
import { maxInputPixels } from '../../../functions/classify/network/input-schema.ts';
import type { Interpolation } from '../../../functions/classify/tensor/names.ts';
import { shown, UnusableModel } from '../unusable-model.ts';
import type { KnownPreprocessing } from './image-processor.ts';

const side = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(maxInputPixels));
const triple = v.strictTuple([v.number(), v.number(), v.number()]);

export const pretrainedSchema = v.looseObject({
  input_size: v.optional(v.strictTuple([v.literal(3), side, side]), [3, 224, 224]),
  interpolation: v.optional(v.string(), 'bicubic'),
  mean: v.optional(triple, [0.485, 0.456, 0.406]),
  std: v.optional(triple, [0.229, 0.224, 0.225]),
  crop_pct: v.nullish(v.pipe(v.number(), v.minValue(0.01), v.maxValue(1)), 0.875),
  crop_mode: v.nullish(v.string(), 'center'),
});

const filters = ['nearest', 'bilinear', 'bicubic', 'box', 'hamming', 'lanczos'] as const;

/**
 * A way of framing that is not supported is left to the user.
 *
 * @param path For messages. @throws UnusableModel if the filter is not supported.
 */
export function timmPreprocessing(
  { input_size, interpolation, mean, std, crop_pct, crop_mode }: v.InferOutput<typeof pretrainedSchema>,
  path: string,
): KnownPreprocessing {
  const [, height, width] = input_size;
  const filter: Interpolation | undefined = filters.find((name) => name === interpolation);
  if (!filter) {
    throw new UnusableModel(
      `${path}: interpolation is ${shown(interpolation)}; supported are ${filters.join(', ')}`,
    );
  }
  const scaled = {
    width: Math.floor(width / crop_pct),
    height: Math.floor(height / crop_pct),
  };
  const preprocess = { mode: { order: 'RGB', scale: 1 / 255, mean, std }, interpolation: filter } as const;
  const isCentred = crop_mode === 'center' && scaled.width === scaled.height;
  if (!isCentred && crop_mode !== 'squash') {
    const framing = `${path}: crop_mode ${shown(crop_mode)} of a ${width}x${height} input is not supported, so scores will differ from timm's: --policy stretch shows the whole image, --policy resize-crop with --resize-to its centre`;
    return { size: { width, height }, preprocess, policyHint: framing };
  }
  return {
    size: { width, height },
    preprocess: {
      ...preprocess,
      policy: 'resize-crop',
      resizeTo: isCentred ? scaled.width : scaled,
    },
  };
}
