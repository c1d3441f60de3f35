/** Decoding and scaling alone, with the function's own steps: a file -> a ResNet50's input. */
import { readFileSync } from 'node:fs';
import { defaultLimits } from '../../functions/classify/image/limits.ts';
import { readImage } from '../../functions/classify/tensor/read-image.ts';

const interpolation = process.env.RECIPE === 'bicubic' ? 'bicubic' : 'nearest';
const resnet = {
  input: { layout: 'NCHW', width: 224, height: 224 },
  preprocess: { mode: 'caffe', interpolation, policy: 'stretch', orientation: 'ignore' },
} as const;

export async function run() {
  return (await readImage(readFileSync(process.env.PICTURE!), defaultLimits, resnet)).toTensor();
}
