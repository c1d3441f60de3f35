/**
 * Bitmaps -> the tensor that the network is fed, equal bit for bit to Keras 3 with Pillow 13:
 *
 *     tensor[c] = (scaled(pixel[order[c]]) - mean[c]) / std[c]
 *
 * with every constant, and the result of every step, rounded to float32. `scaled` is v for caffe, v / 127.5 for tf,
 * v / 255 for torch and v * scale for a custom mode.
 *
 * Source of the method: Keras' `load_img`, `img_to_array` and `imagenet_utils.preprocess_input`.
 */
import type { Bitmap, Orientation, Selection } from './decode.ts';
import { type Box, crop, type PixelView, upright, viewOf } from './pixel-view.ts';
import { type Interpolation, nearestIndices, resize } from './resize.ts';

/** A bitmap as stored, and how to turn it upright. */
type StoredImage = Bitmap & { readonly orientation: Orientation };

export interface InputShape {
  readonly layout: 'NHWC' | 'NCHW';
  readonly width: number;
  readonly height: number;
}

export interface Preprocessing {
  /**
   * The arithmetic, by Keras' name for it or spelled out: (byte * scale - mean) / std. `mean` and `std` stand in the
   * order of the *output* channels: with `order: 'BGR'`, blue comes first.
   */
  readonly mode:
    | 'caffe'
    | 'tf'
    | 'torch'
    | {
        readonly order: 'RGB' | 'BGR';
        readonly scale: number;
        readonly mean: readonly [number, number, number];
        readonly std: readonly [number, number, number];
      };
  readonly interpolation: Interpolation;
  /**
   * What of the picture the network sees. `stretch`: all of it, as Keras' `load_img` does. `fit`: the largest centred box of the
   * input's aspect, as `load_img` does with `keep_aspect_ratio`. `crop`: the centred square of `cropFraction` times the
   * shorter side, cut out before scaling; an input that is not square stretches it.
   */
  readonly policy: 'stretch' | 'fit' | 'crop';
  /** For `crop` only; 1 unless given. */
  readonly cropFraction?: number;
  /** `exif` turns the picture upright first; `ignore` takes the pixels as stored, as `load_img` does. */
  readonly orientation: 'exif' | 'ignore';
}

/** [n, height, width, 3] for NHWC, [n, 3, height, width] for NCHW; row-major. */
export interface Tensor {
  readonly dims: readonly [number, number, number, number];
  readonly data: Float32Array;
}

/**
 * Makes one tensor of a batch of pictures, which may differ in size. Alpha is skipped; the colour under it counts.
 *
 * Values: caffe -123.68 to 151.061 in BGR, tf -1 to 1 and torch -2.118 to 2.64 in RGB.
 * @throws RangeError for an empty batch, a size below 1, a crop fraction outside 0..1, or bytes that do not match their bitmap's size.
 */
export function preprocess(images: readonly StoredImage[], input: InputShape, how: Preprocessing): Tensor {
  validate(images, input, how);
  const { layout, width, height } = input;
  const n = images.length;
  const size = 3 * width * height;
  const data = new Float32Array(n * size);
  const channels = channelsOf(how.mode);
  images.forEach((image, i) => {
    fill(data.subarray(i * size, (i + 1) * size), scaledPixels(image, input, how), channels, layout);
  });
  return { dims: layout === 'NHWC' ? [n, height, width, 3] : [n, 3, height, width], data };
}

const validate = (
  images: readonly Bitmap[],
  { width, height }: InputShape,
  { cropFraction = 1 }: Preprocessing,
): void => {
  if (images.length < 1) throw new RangeError('the batch is empty; give at least one bitmap');
  if (!isSize(width) || !isSize(height)) {
    throw new RangeError(`the input is ${width}x${height}; width and height must be whole numbers from 1 up`);
  }
  if (!(cropFraction > 0 && cropFraction <= 1)) {
    throw new RangeError(`cropFraction is ${cropFraction}; it must be above 0 and at most 1`);
  }
  for (const { width, height, data } of images) {
    if (!isSize(width) || !isSize(height) || data.length !== 4 * width * height) {
      throw new RangeError(
        `a ${width}x${height} bitmap of ${data.length} bytes; RGBA needs sizes from 1 up and 4 bytes a pixel`,
      );
    }
  }
};

const isSize = (value: number): boolean => Number.isInteger(value) && value >= 1;

/**
 * Which of the stored pixels `preprocess` reads: with nearest-neighbour scaling one for each that the network is fed, with
 * every other filter all, which is `undefined`. An image of just these pixels, fed with the policy `stretch`, gives the same
 * tensor.
 */
export const pixelsRead = (
  { width, height, orientation }: Pick<StoredImage, 'width' | 'height' | 'orientation'>,
  input: InputShape,
  how: Preprocessing,
): Selection | undefined => {
  if (how.interpolation !== 'nearest') return undefined;
  const { seen, box } = frame({ width, height, data: noPixels, orientation }, input, how);
  const across = nearestIndices(box.left, box.width, input.width);
  const down = nearestIndices(box.top, box.height, input.height);
  const isTurned = how.orientation === 'exif' && orientation >= 5;
  const [firstRow, firstColumn] = [Math.floor(seen.offset / 4 / width), (seen.offset / 4) % width];
  const [rowsOf, columnsOf] = isTurned ? [across, down] : [down, across];
  const [rowStep, columnStep] = isTurned ? [seen.strideX, seen.strideY] : [seen.strideY, seen.strideX];
  return {
    columns: columnsOf.map((index) => firstColumn + Math.sign(columnStep) * index).sort(),
    rows: rowsOf.map((index) => firstRow + Math.sign(rowStep) * index).sort(),
  };
};

const noPixels = new Uint8Array(0);

const scaledPixels = (image: StoredImage, input: InputShape, how: Preprocessing): PixelView => {
  const { seen, box } = frame(image, input, how);
  return resize(seen, input.width, input.height, how.interpolation, box);
};

/** What of an image is there to be seen, upright, and which part of it is shown. */
const frame = (image: StoredImage, input: InputShape, how: Preprocessing): { seen: PixelView; box: Box } => {
  const whole = how.orientation === 'exif' ? upright(viewOf(image), image.orientation) : viewOf(image);
  const seen = how.policy === 'crop' ? crop(whole, centredSquare(whole, how.cropFraction ?? 1)) : whole;
  const box = how.policy === 'fit' ? largestOfAspect(seen, input) : centred(seen, seen.width, seen.height);
  return { seen, box };
};

const centredSquare = (picture: PixelView, fraction: number): Box => {
  const side = Math.max(Math.floor(fraction * Math.min(picture.width, picture.height)), 1);
  // An odd margin is wider on the left and on top, as in EfficientNet's own evaluation.
  const left = Math.ceil((picture.width - side) / 2);
  const top = Math.ceil((picture.height - side) / 2);
  return { left, top, width: side, height: side };
};

/** Keras' box for `keep_aspect_ratio`, in whole pixels; never empty, where Keras would fail on very thin pictures. */
const largestOfAspect = (picture: PixelView, { width, height }: InputShape): Box =>
  centred(
    picture,
    Math.max(Math.min(picture.width, Math.floor((picture.height * width) / height)), 1),
    Math.max(Math.min(picture.height, Math.floor((picture.width * height) / width)), 1),
  );

const centred = (picture: PixelView, width: number, height: number): Box => ({
  left: Math.floor((picture.width - width) / 2),
  top: Math.floor((picture.height - height) / 2),
  width,
  height,
});

/** One channel of the tensor: which byte of the pixel it reads, and its value for each of the 256. */
interface Channel {
  readonly byte: number;
  readonly values: Float32Array;
}

interface Arithmetic {
  readonly order: 'RGB' | 'BGR';
  readonly scaled: (byte: number) => number;
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

const arithmeticOfMode: Record<'caffe' | 'tf' | 'torch', Arithmetic> = {
  caffe: { order: 'BGR', scaled: (byte) => byte, mean: [103.939, 116.779, 123.68], std: [1, 1, 1] },
  tf: { order: 'RGB', scaled: (byte) => byte / 127.5, mean: [1, 1, 1], std: [1, 1, 1] },
  torch: {
    order: 'RGB',
    scaled: (byte) => byte / 255,
    mean: [0.485, 0.456, 0.406],
    std: [0.229, 0.224, 0.225],
  },
};

const channelsOf = (mode: Preprocessing['mode']): Channel[] => {
  const { order, scaled, mean, std } =
    typeof mode === 'string'
      ? arithmeticOfMode[mode]
      : { ...mode, scaled: (byte: number) => byte * Math.fround(mode.scale) };
  const { fround } = Math;
  return [...order].map((letter, c) => ({
    byte: 'RGB'.indexOf(letter),
    values: Float32Array.from(
      { length: 256 },
      (_, byte) => fround(fround(scaled(byte)) - fround(mean[c])) / fround(std[c]),
    ),
  }));
};

/** Looks up every byte of every pixel. */
const fill = (
  target: Float32Array,
  picture: PixelView,
  channels: Channel[],
  layout: InputShape['layout'],
): void => {
  const { data, width, height, offset, strideX, strideY } = picture;
  const [pixelStep, channelStep] = layout === 'NHWC' ? [3, 1] : [1, width * height];
  channels.forEach(({ byte, values }, c) => {
    let to = c * channelStep;
    for (let y = 0; y < height; y++) {
      let from = offset + y * strideY + byte;
      for (let x = 0; x < width; x++) {
        target[to] = values[data[from]];
        from += strideX;
        to += pixelStep;
      }
    }
  });
};
