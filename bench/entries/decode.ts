/** Decoding alone, by this project's own steps: a file -> what a ResNet50 is fed. */
import { readFileSync } from 'node:fs';
import { defaultLimits } from '../../functions/classify/image/limits.ts';
import { readImage } from '../../functions/classify/tensor/read-image.ts';

const resnet = {
  input: { layout: 'NCHW', width: 224, height: 224 },
  preprocess: { mode: 'caffe', interpolation: 'nearest', policy: 'stretch', orientation: 'ignore' },
} as const;

export async function run() {
  return (await readImage(readFileSync(process.env.PICTURE!), defaultLimits, resnet)).toTensor();
}
