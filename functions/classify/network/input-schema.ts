/** The input of a network and its preprocessing, as manifests and callers of `bucketlens/pixels` describe them. */
import * as v from 'valibot';
import { interpolations, modes, orientations, policies } from '../tensor/names.ts';

/** The longest edge of a network's input. */
export const maxInputPixels = 4096;
const pixels = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(maxInputPixels));
// The arithmetic is that of float32, in which 1e39 is infinite and 1e-50 is 0.
const float32 = v.pipe(
  v.number(),
  v.check((value) => Number.isFinite(Math.fround(value)), 'must be within float32'),
);
// With a scale of 0, all images would be the same.
const factor = v.pipe(
  float32,
  v.check((value) => Math.fround(value) !== 0, 'must not be 0'),
);
const divisor = v.pipe(
  float32,
  v.check((value) => Math.fround(value) > 0, 'must be above 0'),
);

/** The layout and the size in pixels of a network's input. */
export const inputShapeRows = {
  layout: v.picklist(['NHWC', 'NCHW']),
  width: pixels,
  height: pixels,
} as const;

/** `Preprocessing`, as manifests and callers of `bucketlens/pixels` give it. */
export const preprocessSchema = v.pipe(
  v.strictObject({
    mode: v.union(
      [
        v.picklist(modes),
        v.strictObject({
          order: v.picklist(['RGB', 'BGR']),
          scale: factor,
          mean: v.strictTuple([float32, float32, float32]),
          std: v.strictTuple([divisor, divisor, divisor]),
        }),
        v.strictObject({
          order: v.literal('L'),
          scale: factor,
          mean: v.strictTuple([float32]),
          std: v.strictTuple([divisor]),
        }),
      ],
      "must be 'caffe', 'tf', 'torch' or exactly { order, scale, mean, std }: order 'RGB', 'BGR' or 'L', a scale other than 0, a number for each channel (three, or one for 'L') in mean and one above 0 in std, all within float32",
    ),
    interpolation: v.picklist(interpolations),
    policy: v.picklist(policies),
    cropFraction: v.exactOptional(v.pipe(v.number(), v.gtValue(0), v.maxValue(1))),
    resizeTo: v.exactOptional(
      v.union(
        [pixels, v.strictObject({ width: pixels, height: pixels })],
        `must be the shorter side in pixels, or { width, height }, up to ${maxInputPixels}`,
      ),
    ),
    orientation: v.picklist(orientations),
  }),
  v.forward(
    v.partialCheck(
      [['policy'], ['cropFraction']],
      ({ policy, cropFraction }) => policy === 'crop' || cropFraction === undefined,
      "only goes with policy 'crop'",
    ),
    ['cropFraction'],
  ),
  v.forward(
    v.partialCheck(
      [['policy'], ['resizeTo']],
      ({ policy, resizeTo }) => (policy === 'resize-crop') === (resizeTo !== undefined),
      "goes with policy 'resize-crop', which needs it, and with no other",
    ),
    ['resizeTo'],
  ),
);
