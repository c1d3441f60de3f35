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
import type { Bitmap, Orientation } from '../image/image.ts';
import { forEachRow } from '../image/rows.ts';
import type { PixelView } from './pixel-view.ts';
import { openScaler, type Scaling } from './scaler.ts';

export interface InputShape {
  readonly layout: 'NHWC' | 'NCHW';
  readonly width: number;
  readonly height: number;
}

export interface Preprocessing extends Scaling {
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
export function preprocess(
  images: readonly (Bitmap & { readonly orientation: Orientation })[],
  input: InputShape,
  how: Preprocessing,
): Tensor {
  validate(images, input, how);
  const pictures = images.map((image) => {
    const { selection, takeRow, picture } = openScaler(image, input, how);
    forEachRow(image, selection, takeRow);
    return picture;
  });
  return tensorOf(pictures, input, how.mode);
}

/** Makes one tensor of pictures that are as large as the input already. */
export function tensorOf(
  pictures: readonly PixelView[],
  { layout, width, height }: InputShape,
  mode: Preprocessing['mode'],
): Tensor {
  const n = pictures.length;
  const size = 3 * width * height;
  const data = new Float32Array(n * size);
  const channels = channelsOf(mode);
  pictures.forEach((picture, i) => {
    fill(data.subarray(i * size, (i + 1) * size), picture, channels, layout);
  });
  return { dims: layout === 'NHWC' ? [n, height, width, 3] : [n, 3, height, width], data };
}

function validate(
  images: readonly Bitmap[],
  { width, height }: InputShape,
  { cropFraction = 1 }: Preprocessing,
): void {
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
}

function isSize(value: number): boolean {
  return Number.isInteger(value) && value >= 1;
}

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

function channelsOf(mode: Preprocessing['mode']): Channel[] {
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
}

/** Looks up every byte of every pixel. */
function fill(
  target: Float32Array,
  picture: PixelView,
  channels: Channel[],
  layout: InputShape['layout'],
): void {
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
}
