/** The goldens through the recipes of torchvision and TensorFlow, compared with digests of what those libraries made of them. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { defaultLimits } from '../../../../functions/classify/image/limits.ts';
import type { InputShape, Preprocessing } from '../../../../functions/classify/tensor/preprocess.ts';
import { readImage } from '../../../../functions/classify/tensor/read-image.ts';
import { readImage as readGolden } from '../../../goldens/goldens.ts';
import tfResize from './fixtures/tf-resize.json' with { type: 'json' };
import torchvision from './fixtures/torchvision-pixels.json' with { type: 'json' };

const unchanged = { order: 'RGB', scale: 1, mean: [0, 0, 0], std: [1, 1, 1] } as const;

async function valuesOf(
  file: string,
  size: Omit<InputShape, 'layout'>,
  scaling: Omit<Preprocessing, 'mode' | 'orientation'>,
): Promise<Float32Array> {
  const preprocess: Preprocessing = { mode: unchanged, orientation: 'ignore', ...scaling };
  const input: InputShape = { layout: 'NHWC', ...size };
  const { toTensor } = await readImage(readGolden(file), defaultLimits, { input, preprocess });
  return toTensor().data;
}

function sha256(values: Float32Array | Uint8Array): string {
  return createHash('sha256')
    .update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
    .digest('hex');
}

const recipe = /^resize (\d+) (bilinear|bicubic|nearest), crop (\d+)/;

// Formats that are refused as unsupported.
const undecodable = ['ico.ico', 'jp2.jp2', 'ppm.ppm', 'arithmetic.jpg'];

describe("torchvision's Resize and CenterCrop", () => {
  it.each(Object.entries(torchvision.pixels).filter(([file]) => !undecodable.includes(file)))(
    'give the same bytes: %s',
    async (file, digests) => {
      for (const [name, digest] of Object.entries(digests)) {
        const [, resizeTo, interpolation, side] = recipe.exec(name)!;
        const values = await valuesOf(
          file,
          { width: Number(side), height: Number(side) },
          {
            policy: 'resize-crop',
            resizeTo: Number(resizeTo),
            interpolation: interpolation as Preprocessing['interpolation'],
          },
        );

        expect([name, sha256(Uint8Array.from(values))]).toEqual([name, digest]);
      }
    },
  );
});

describe('tf.image.resize without antialiasing', () => {
  it.each(tfResize.rows.filter(({ file }) => !undecodable.includes(file)))(
    'gives the same float32 values: $file to $to',
    async ({ file, to: [width, height], resize, crop }) => {
      const size = { width: width!, height: height! };
      const whole = await valuesOf(file, size, { policy: 'stretch', interpolation: 'tf-bilinear' });
      const cut = await valuesOf(file, size, { policy: 'fit', interpolation: 'tf-bilinear' });

      expect([sha256(whole), sha256(cut)]).toEqual([resize, crop]);
    },
  );
});
