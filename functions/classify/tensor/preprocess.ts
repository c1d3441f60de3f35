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
import { type Channel, type CustomArithmetic, channelsOf, orderOf } from './arithmetic.ts';
import type { Size } from './frame.ts';
import type { ModeName } from './names.ts';
import type { PixelView } from './pixel-view.ts';
import { openScaler, type Scaler, type Scaling } from './scaler.ts';

export interface InputShape {
  readonly layout: 'NHWC' | 'NCHW';
  readonly width: number;
  readonly height: number;
}

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
  if (orderOf(mode) !== 'L') return scaler;
  const { selection, takeRow, picture } = scaler;
  return { selection, takeRow: inGrey(takeRow), picture };
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
        `a ${width}x${height} bitmap of ${data.length} bytes; RGBA needs sizes from 1 up and 4 bytes per pixel`,
      );
    }
  }
}

function isSize(value: number): boolean {
  return Number.isInteger(value) && value >= 1;
}

/** Writes every channel of every pixel: bytes by table, float32 pixels by the arithmetic itself. */
function fill(
  target: Float32Array,
  picture: PixelView,
  channels: readonly Channel[],
  layout: InputShape['layout'],
): void {
  const { data, width, height, offset, strideX, strideY } = picture;
  const [pixelStep, channelStep] = layout === 'NHWC' ? [channels.length, 1] : [1, width * height];
  channels.forEach(({ colour, apply, values }, c) => {
    for (let y = 0; y < height; y++) {
      const from = { start: offset + y * strideY + colour, step: strideX };
      const to = { start: c * channelStep + y * width * pixelStep, step: pixelStep };
      if (data instanceof Uint8Array) lookUp(target, to, data, from, width, values);
      else compute(target, to, data, from, width, apply);
    }
  });
}

interface Steps {
  readonly start: number;
  readonly step: number;
}

function lookUp(
  target: Float32Array,
  to: Steps,
  bytes: Uint8Array,
  from: Steps,
  count: number,
  values: Float32Array,
): void {
  for (let i = 0, at = to.start, source = from.start; i < count; i++) {
    target[at] = values[bytes[source]];
    at += to.step;
    source += from.step;
  }
}

function compute(
  target: Float32Array,
  to: Steps,
  pixels: Float32Array,
  from: Steps,
  count: number,
  apply: Channel['apply'],
): void {
  for (let i = 0, at = to.start, source = from.start; i < count; i++) {
    target[at] = apply(pixels[source]);
    at += to.step;
    source += from.step;
  }
}
