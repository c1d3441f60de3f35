/** The network's input as an image for people: the tensor of `readImage` with the preprocessing undone. */
import type { Bitmap } from '../../../functions/classify/image/image.ts';
import { defaultLimits } from '../../../functions/classify/image/limits.ts';
import type { ModelManifest } from '../../../functions/classify/network/manifest.ts';
import { orderOf } from '../../../functions/classify/tensor/arithmetic.ts';
import {
  type Preprocessing,
  preprocess,
  type Tensor,
} from '../../../functions/classify/tensor/preprocess.ts';
import { readImage } from '../../../functions/classify/tensor/read-image.ts';
import { Jimp } from '../../jimp/jimp.ts';

/**
 * Draws the tensor that a model makes of an image.
 *
 * @returns A PNG of the network's own width and height.
 * @throws ImageRejection as `readImage` does.
 */
export async function drawNetworkInput(
  bytes: Uint8Array,
  { input, preprocess: preprocessing }: Pick<ModelManifest, 'input' | 'preprocess'>,
): Promise<Buffer> {
  const { toTensor } = await readImage(bytes, defaultLimits, { input, preprocess: preprocessing });
  const { width, height, data } = toBitmap(toTensor(), input.layout, preprocessing.mode);
  return new Jimp({ width, height, data: Buffer.from(data.buffer) }).getBuffer('image/png');
}

/** The pixels of a tensor of one image, rounded to bytes where the network gets finer values; grey for one channel. */
export function toBitmap(
  { dims, data }: Tensor,
  layout: 'NHWC' | 'NCHW',
  mode: Preprocessing['mode'],
): Bitmap {
  const channels = orderOf(mode).length;
  const [height, width] = layout === 'NHWC' ? [dims[1], dims[2]] : [dims[2], dims[3]];
  const [pixelStep, channelStep] = layout === 'NHWC' ? [channels, 1] : [1, width * height];
  const pixels = new Uint8Array(4 * width * height).fill(255);
  for (const colour of [0, 1, 2]) {
    const { channel, byteOf } = channelOfColour(colour, mode);
    for (let pixel = 0; pixel < width * height; pixel++) {
      pixels[4 * pixel + colour] = byteOf(data[pixel * pixelStep + channel * channelStep]!);
    }
  }
  return { width, height, data: pixels };
}

/** The channel of the tensor that shows a colour (0 red, 1 green, 2 blue), and the byte for each of its values. */
function channelOfColour(colour: number, mode: Preprocessing['mode']) {
  const [black, white] = [0, 255].map((byte) => preprocessPixel(byte, mode)) as [Float32Array, Float32Array];
  const order = orderOf(mode);
  const channel = order === 'L' ? 0 : order.indexOf('RGB'[colour]!);
  const range = white[channel]! - black[channel]!;
  return { channel, byteOf: (value: number) => Math.round(((value - black[channel]!) / range) * 255) };
}

/** The values of each channel for one pixel of grey. */
function preprocessPixel(byte: number, mode: Preprocessing['mode']): Float32Array {
  const data = new Uint8Array(4).fill(byte);
  return preprocess(
    [{ width: 1, height: 1, data, orientation: 1 }],
    { layout: 'NHWC', width: 1, height: 1 },
    { mode, interpolation: 'nearest', policy: 'stretch', orientation: 'ignore' },
  ).data;
}
