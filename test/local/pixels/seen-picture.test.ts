import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { defaultLimits } from '../../../functions/classify/image/limits.ts';
import type { Preprocessing } from '../../../functions/classify/tensor/preprocess.ts';
import { readImage } from '../../../functions/classify/tensor/read-image.ts';
import { fromPictureJson, toPictureJson } from '../../../local/pixels/picture-json.ts';
import { readSeenPicture } from '../../../local/pixels/read-seen-picture.ts';
import { planesOf, traceAt } from '../../../local/pixels/seen-picture.ts';
import { repository } from '../../support/run.ts';

const input = { layout: 'NCHW', width: 20, height: 30 } as const;
// Stored turned, so that columns and rows are swapped.
const photo = await readFile(join(repository, 'test/goldens/images/exif_o6.jpg'));

const modes: readonly Preprocessing['mode'][] = [
  'caffe',
  'tf',
  'torch',
  { order: 'L', scale: 1 / 255, mean: [0.5], std: [0.5] },
];
const cases = modes.flatMap((mode) =>
  (['nearest', 'bicubic', 'tf-bilinear'] as const).map((interpolation) => ({ mode, interpolation })),
);

describe('the picture that a network sees', () => {
  it.each(cases)(
    'leads to the values of the tensor: $mode, $interpolation',
    async ({ mode, interpolation }) => {
      const preprocess = { mode, interpolation, policy: 'stretch', orientation: 'exif' } as const;
      const { data } = (await readImage(photo, defaultLimits, { input, preprocess })).toTensor();

      const sent = JSON.stringify(toPictureJson(await readSeenPicture(photo, { input, preprocess })));
      const picture = fromPictureJson(JSON.parse(sent));

      const channels = data.length / 600;
      const traced = Array.from({ length: 600 }, (_, i) =>
        traceAt(picture, { x: i % 20, y: Math.floor(i / 20) }),
      );
      const tensor = Array.from({ length: channels }, (_, c) =>
        traced.map(({ steps }) => steps.at(-1)!.values[c]!),
      );
      expect(Float32Array.from(tensor.flat())).toEqual(data);
      expect(traced.every(({ stored }) => (stored !== undefined) === (interpolation === 'nearest'))).toBe(
        true,
      );
    },
  );

  it.each(modes)('has planes whose last ones are the tensor of mode %j', async (mode) => {
    const preprocess = { mode, interpolation: 'bilinear', policy: 'crop', orientation: 'exif' } as const;
    const { data } = (await readImage(photo, defaultLimits, { input, preprocess })).toTensor();

    const { planes } = planesOf(await readSeenPicture(photo, { input, preprocess })).at(-1)!;

    const values = planes.flatMap((plane) => [...plane.bytes].map((byte) => plane.values[byte]!));
    expect(Float32Array.from(values)).toEqual(data);
  });

  it('names no pixel of the file where the picture is padded', async () => {
    const preprocess = {
      mode: 'tf',
      interpolation: 'nearest',
      policy: 'resize-crop',
      resizeTo: 8,
      orientation: 'exif',
    } as const;

    const { taken } = await readSeenPicture(photo, { input, preprocess });

    expect(taken).toBeUndefined();
  });
});
