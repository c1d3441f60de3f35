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
import type { Bitmap, Orientation, TakeRow } from '../image/image.ts';
import { forEachRow } from '../image/rows.ts';
import type { Size } from './frame.ts';
import type { ModeName, Order } from './names.ts';
import type { PixelView } from './pixel-view.ts';
import { openScaler, type Scaler, type Scaling } from './scaler.ts';

export interface InputShape {
  readonly layout: 'NHWC' | 'NCHW';
  readonly width: number;
  readonly height: number;
}

/** (value * scale - mean) / std, with `mean` and `std` in the order of the *output* channels: in BGR, blue comes first. */
export type CustomArithmetic =
  | {
      readonly order: Exclude<Order, 'L'>;
      readonly scale: number;
      readonly mean: readonly [number, number, number];
      readonly std: readonly [number, number, number];
    }
  | {
      readonly order: 'L';
      readonly scale: number;
      readonly mean: readonly [number];
      readonly std: readonly [number];
    };

export interface Preprocessing extends Scaling {
  /** The arithmetic, by Keras' name for it or spelled out. */
  readonly mode: ModeName | CustomArithmetic;
}

/** [n, height, width, channels] for NHWC, [n, channels, height, width] for NCHW; row-major. */
export interface Tensor {
  readonly dims: readonly [number, number, number, number];
  readonly data: Float32Array;
}

/**
 * Makes one tensor of a batch of images, which may differ in size. Alpha is skipped; the colour under it counts.
 *
 * Values: caffe -123.68 to 151.061 in BGR, tf -1 to 1 and torch -2.118 to 2.64 in RGB.
 * @throws RangeError for an empty batch, a size below 1, a crop fraction outside 0..1, or bytes that do not match their bitmap's size.
 */
export function preprocess(
  images: readonly (Bitmap & { readonly orientation: Orientation })[],
  input: InputShape,
  preprocessing: Preprocessing,
): Tensor {
  validate(images, input, preprocessing);
  const pictures = images.map((image) => {
    const { selection, takeRow, picture } = openReader(image, input, preprocessing);
    forEachRow(image, selection, takeRow);
    return picture;
  });
  return tensorOf(pictures, input, preprocessing.mode);
}

/** Starts scaling an image in the colours that the network sees. */
export function openReader(
  stored: Size & { readonly orientation: Orientation },
  input: InputShape,
  { mode, ...scaling }: Preprocessing,
): Scaler {
  const scaler = openScaler(stored, input, scaling);
  return orderOf(mode) === 'L' ? { ...scaler, takeRow: inGrey(scaler.takeRow) } : scaler;
}

/** Makes one tensor of images that already have the input's size. */
export function tensorOf(
  pictures: readonly PixelView[],
  { layout, width, height }: InputShape,
  mode: Preprocessing['mode'],
): Tensor {
  const n = pictures.length;
  const channels = channelsOf(mode);
  const size = channels.length * width * height;
  const data = new Float32Array(n * size);
  pictures.forEach((picture, i) => {
    fill(data.subarray(i * size, (i + 1) * size), picture, channels, layout);
  });
  const dims = layout === 'NHWC' ? [height, width, channels.length] : [channels.length, height, width];
  return { dims: [n, ...dims] as unknown as Tensor['dims'], data };
}

/** Pillow's `convert('L')`, done before scaling as Keras does it. Each pixel's three bytes become its grey. */
function inGrey(next: TakeRow): TakeRow {
  let grey = new Uint8Array();
  return (rgb) => {
    if (grey.length !== rgb.length) grey = new Uint8Array(rgb.length);
    for (let i = 0; i < rgb.length; i += 3) {
      grey.fill((rgb[i] * 19595 + rgb[i + 1] * 38470 + rgb[i + 2] * 7471 + 0x8000) >> 16, i, i + 3);
    }
    next(grey);
  };
}

function validate(
  images: readonly Bitmap[],
  { width, height }: InputShape,
  { cropFraction = 1, resizeTo = 1 }: Preprocessing,
): void {
  if (images.length < 1) throw new RangeError('the batch is empty; give at least one bitmap');
  if (!isSize(width) || !isSize(height)) {
    throw new RangeError(`the input is ${width}x${height}; width and height must be whole numbers from 1 up`);
  }
  if (!(cropFraction > 0 && cropFraction <= 1)) {
    throw new RangeError(`cropFraction is ${cropFraction}; it must be above 0 and at most 1`);
  }
  const sides = typeof resizeTo === 'object' ? [resizeTo.width, resizeTo.height] : [resizeTo];
  if (!sides.every(isSize)) {
    throw new RangeError(`resizeTo is ${sides.join('x')}; it must be in whole pixels from 1 up`);
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

/** One channel of the tensor: the colour it reads (0 red or grey, 1 green, 2 blue) and its arithmetic. */
interface Channel {
  readonly colour: number;
  readonly apply: (value: number) => number;
  /** `apply` for each of the 256 bytes. */
  readonly values: Float32Array;
}

interface Arithmetic {
  readonly order: Order;
  readonly scaled: (value: number) => number;
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

const arithmeticOfMode: Record<ModeName, Arithmetic> = {
  caffe: { order: 'BGR', scaled: (value) => value, mean: [103.939, 116.779, 123.68], std: [1, 1, 1] },
  tf: { order: 'RGB', scaled: (value) => value / 127.5, mean: [1, 1, 1], std: [1, 1, 1] },
  torch: {
    order: 'RGB',
    scaled: (value) => value / 255,
    mean: [0.485, 0.456, 0.406],
    std: [0.229, 0.224, 0.225],
  },
};

/** The channels that a mode makes, a letter each. */
export function orderOf(mode: Preprocessing['mode']): Order {
  return typeof mode === 'string' ? arithmeticOfMode[mode].order : mode.order;
}

function channelsOf(mode: Preprocessing['mode']): Channel[] {
  const { order, scaled, mean, std } =
    typeof mode === 'string'
      ? arithmeticOfMode[mode]
      : { ...mode, scaled: (value: number) => value * Math.fround(mode.scale) };
  const { fround } = Math;
  return [...order].map((letter, c) => {
    const apply = (value: number) => fround(fround(scaled(value)) - fround(mean[c])) / fround(std[c]);
    return {
      colour: order === 'L' ? 0 : 'RGB'.indexOf(letter),
      apply,
      values: Float32Array.from({ length: 256 }, (_, byte) => apply(byte)),
    };
  });
}

/** Writes every channel of every pixel: bytes by table, float32 pixels by the arithmetic itself. */
function fill(
  target: Float32Array,
  { data, width, height, offset, strideX, strideY }: PixelView,
  channels: readonly Channel[],
  layout: InputShape['layout'],
): void {
  const [pixelStep, channelStep] = layout === 'NHWC' ? [channels.length, 1] : [1, width * height];
  const isBytes = data instanceof Uint8Array;
  channels.forEach(({ colour, apply, values }, c) => {
    let to = c * channelStep;
    for (let y = 0; y < height; y++) {
      let from = offset + y * strideY + colour;
      for (let x = 0; x < width; x++) {
        target[to] = isBytes ? values[data[from]] : apply(data[from]);
        from += strideX;
        to += pixelStep;
      }
    }
  });
}
