import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { decodeRows } from '../../../../functions/classify/decode/decode.ts';
import { defaultLimits } from '../../../../functions/classify/image/limits.ts';
import type { Preprocessing } from '../../../../functions/classify/tensor/preprocess.ts';
import { readImage } from '../../../../functions/classify/tensor/read-image.ts';
import { openScaler } from '../../../../functions/classify/tensor/scaler.ts';
import { goldens, readImage as readGolden } from '../../../goldens/goldens.ts';
import { largeJpegs } from '../decode/jpeg/fixtures/fixtures.ts';

/** Arithmetic that leaves the bytes as they are. */
const plain = { order: 'RGB', scale: 1, mean: [0, 0, 0], std: [1, 1, 1] } as const;
function sha256(pixels: Uint8Array) {
  return createHash('sha256').update(pixels).digest('hex');
}

async function pixelsOf(
  bytes: Uint8Array,
  target: { readonly width: number; readonly height: number },
  preprocessing: Omit<Preprocessing, 'mode'>,
): Promise<string> {
  const input = { layout: 'NHWC', ...target } as const;
  const { toTensor } = await readImage(bytes, defaultLimits, {
    input,
    preprocess: { mode: plain, ...preprocessing },
  });
  return sha256(Uint8Array.from(toTensor().data));
}

function isExact({ file, format }: (typeof goldens)[number]) {
  return ['jpeg', 'png', 'gif', 'bmp', 'tiff', 'webp'].includes(format) && file !== 'arithmetic.jpg';
}

describe('readImage', () => {
  it.each(goldens.filter(isExact))(
    'matches load_img: $file, $interpolation, keep_aspect_ratio $keepAspectRatio',
    async ({ file, target, interpolation, keepAspectRatio, sha256 }) => {
      const policy = keepAspectRatio ? 'fit' : 'stretch';

      const pixels = await pixelsOf(readGolden(file), target, {
        interpolation,
        policy,
        orientation: 'ignore',
      });

      expect(pixels).toBe(sha256);
    },
  );

  describe.each(largeJpegs)('of $file', ({ file, bytes, scaled }) => {
    const isFirst = file === largeJpegs[0].file;
    // All filters and policies on one photo, one of them on the others: how rows are decoded does not depend on the scaling.
    it.each(
      scaled.filter(
        ({ interpolation, policy }) => isFirst || `${interpolation} ${policy}` === 'bicubic stretch',
      ),
    )(
      'matches Pillow on the upright image: $interpolation, $policy',
      async ({ interpolation, policy, sha256 }) => {
        const target = { width: 224, height: 224 };
        const preprocessing = { interpolation, policy, cropFraction: 0.875, orientation: 'exif' } as const;

        expect(await pixelsOf(bytes, target, preprocessing)).toBe(sha256);
      },
    );

    it('never holds the whole image in memory', async () => {
      const input = { width: 224, height: 224 };
      const preprocessing = { interpolation: 'lanczos', policy: 'stretch', orientation: 'exif' } as const;
      const before = process.memoryUsage().arrayBuffers;
      let most = 0;

      const { info } = await decodeRows(bytes, defaultLimits, (info) => {
        const { selection, takeRow } = openScaler(info, input, preprocessing);
        return {
          selection,
          takeRow: (rgb) => {
            takeRow(rgb);
            most = Math.max(most, process.memoryUsage().arrayBuffers - before);
          },
        };
      });

      expect(most).toBeLessThan((info.width * info.height) / 2);
    });
  });

  it('returns the format, size and orientation of the header', async () => {
    const input = { layout: 'NHWC', width: 1, height: 1 } as const;
    const preprocessing = {
      mode: plain,
      interpolation: 'nearest',
      policy: 'stretch',
      orientation: 'exif',
    } as const;

    const { info } = await readImage(readGolden('exif_o6.jpg'), defaultLimits, {
      input,
      preprocess: preprocessing,
    });

    expect(info).toEqual({ format: 'jpeg', width: 96, height: 64, orientation: 6 });
  });

  it.each(['nearest', 'bicubic'] as const)(
    'rejects a truncated image even if all pixels it needs are intact: %s',
    async (interpolation) => {
      const cut = readGolden('bad_truncated.jpg');
      const input = { layout: 'NHWC', width: 1, height: 1 } as const;
      const preprocessing = {
        mode: plain,
        interpolation,
        policy: 'crop',
        cropFraction: 0.01,
        orientation: 'exif',
      } as const;

      await expect(readImage(cut, defaultLimits, { input, preprocess: preprocessing })).rejects.toMatchObject(
        {
          name: 'CorruptImage',
          image: { format: 'jpeg', width: 300, height: 200 },
        },
      );
    },
  );
});
