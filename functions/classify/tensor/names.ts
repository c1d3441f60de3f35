/** The names a manifest and the commands use for preprocessing. This module imports nothing. */

/** Pillow's filters, and `tf-bilinear`: `tf.image.resize` without antialiasing, whose result stays float32. */
export const interpolations = [
  'nearest',
  'bilinear',
  'bicubic',
  'box',
  'hamming',
  'lanczos',
  'tf-bilinear',
] as const;
export type Interpolation = (typeof interpolations)[number];

/**
 * How an image is fitted to an input of another aspect ratio. `stretch`: the whole image, as Keras' `load_img`. `fit`: the largest
 * centred box of the input's aspect, as `keep_aspect_ratio` and `crop_to_aspect_ratio`. `crop`: the centred square of
 * `cropFraction` times the shorter side, then scaled. `resize-crop`: scaled to `resizeTo`, then cut from the centre, as
 * torchvision's `Resize` and `CenterCrop`.
 */
export const policies = ['stretch', 'fit', 'crop', 'resize-crop'] as const;
export type Policy = (typeof policies)[number];

/** `exif` turns the image upright first; `ignore` takes the pixels as stored, as `load_img` does. */
export const orientations = ['exif', 'ignore'] as const;
export type OrientationChoice = (typeof orientations)[number];

/** The arithmetic of `preprocess_input`, by Keras' name. */
export const modes = ['caffe', 'tf', 'torch'] as const;
export type ModeName = (typeof modes)[number];

/** The channels of the input. `L` is one channel of grey, as Pillow's `convert('L')`. */
export const orders = ['RGB', 'BGR', 'L'] as const;
export type Order = (typeof orders)[number];
