/** What a network was fed, as a picture for people: the tensor of `readImage`, with the preprocessing undone. */
import jimpPng from '@jimp/js-png';
import type { Bitmap } from '../../../functions/classify/image/image.ts';
import { defaultLimits } from '../../../functions/classify/image/limits.ts';
import type { ModelManifest } from '../../../functions/classify/network/manifest.ts';
import {
  type Preprocessing,
  preprocess,
  type Tensor,
} from '../../../functions/classify/tensor/preprocess.ts';
import { readImage } from '../../../functions/classify/tensor/read-image.ts';

/**
 * Draws the tensor that a model makes of an image.
 *
 * @returns A PNG of the network's own width and height.
 * @throws ImageRejection as `readImage` does.
 */
export async function drawNetworkInput(
  bytes: Uint8Array,
  { input, preprocess: how }: Pick<ModelManifest, 'input' | 'preprocess'>,
): Promise<Buffer> {
  const { toTensor } = await readImage(bytes, defaultLimits, { input, preprocess: how });
  const { width, height, data } = toBitmap(toTensor(), input.layout, how.mode);
  return png.encode({ width, height, data: Buffer.from(data.buffer) });
}

const png = jimpPng();

/** The pixels that a tensor of one image was made of. */
export function toBitmap(
  { dims, data }: Tensor,
  layout: 'NHWC' | 'NCHW',
  mode: Preprocessing['mode'],
): Bitmap {
  const [height, width] = layout === 'NHWC' ? [dims[1], dims[2]] : [dims[2], dims[3]];
  const [pixelStep, channelStep] = layout === 'NHWC' ? [3, 1] : [1, width * height];
  const pixels = new Uint8Array(4 * width * height).fill(255);
  bytesOfChannels(mode).forEach(({ colour, bytes }, channel) => {
    for (let pixel = 0; pixel < width * height; pixel++) {
      pixels[4 * pixel + colour] = bytes.get(data[pixel * pixelStep + channel * channelStep]!)!;
    }
  });
  return { width, height, data: pixels };
}

/** Of each channel of a tensor: its colour (0 red, 1 green, 2 blue), and the byte that each of its values stands for. */
function bytesOfChannels(mode: Preprocessing['mode']) {
  const channels = [0, 1, 2].map((colour) => {
    const values = preprocessRamp(colour, mode);
    const channel = values.findIndex((row) => row[0] !== row[255]);
    const bytes = new Map(Array.from(values[channel]!, (value, byte) => [value, byte] as const));
    return { channel, colour, bytes };
  });
  return channels.sort((a, b) => a.channel - b.channel);
}

/** What preprocessing makes of 256 pixels in which one colour goes from 0 to 255, by channel: asked, so as not to be told twice. */
function preprocessRamp(colour: number, mode: Preprocessing['mode']): Float32Array[] {
  const ramp = Uint8Array.from({ length: 4 * 256 }, (_, i) => (i % 4 === colour ? i >> 2 : 0));
  const { data } = preprocess(
    [{ width: 256, height: 1, data: ramp, orientation: 1 }],
    { layout: 'NCHW', width: 256, height: 1 },
    { mode, interpolation: 'nearest', policy: 'stretch', orientation: 'ignore' },
  );
  return [0, 1, 2].map((channel) => data.subarray(channel * 256, (channel + 1) * 256));
}
