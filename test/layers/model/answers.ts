/** The golden images as a network sees them, to compare it with the answers of its home framework. */
import { createHash } from 'node:crypto';
import { defaultLimits } from '../../../functions/classify/image/limits.ts';
import type { Size } from '../../../functions/classify/tensor/frame.ts';
import type { Preprocessing, Tensor } from '../../../functions/classify/tensor/preprocess.ts';
import { readImage } from '../../../functions/classify/tensor/read-image.ts';
import { readImage as readGolden } from '../../goldens/goldens.ts';

/** The tensor of one golden image, channels first. */
export async function tensorOf(
  picture: string,
  { width, height }: Size,
  preprocess: Preprocessing,
): Promise<Tensor> {
  const input = { layout: 'NCHW', width, height } as const;
  return (await readImage(readGolden(picture), defaultLimits, { input, preprocess })).toTensor();
}

/** The SHA-256 of the RGB bytes before any arithmetic. */
export async function pixelsOf(
  picture: string,
  { width, height }: Size,
  scaling: Preprocessing,
): Promise<string> {
  const mode = { order: 'RGB', scale: 1, mean: [0, 0, 0], std: [1, 1, 1] } as const;
  const input = { layout: 'NHWC', width, height } as const;
  const { toTensor } = await readImage(readGolden(picture), defaultLimits, {
    input,
    preprocess: { ...scaling, mode },
  });
  return createHash('sha256').update(Uint8Array.from(toTensor().data)).digest('hex');
}

export function softmaxOf(logits: Float32Array): Float32Array {
  const powers = logits.map((logit) => Math.exp(logit - Math.max(...logits)));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}
