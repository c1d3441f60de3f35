import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { preprocess } from '../../../../functions/classify/tensor/preprocess.ts';
import { toBitmap } from '../../../../local/playground/server/network-input.ts';

const modes = [
  'caffe',
  'tf',
  'torch',
  { order: 'RGB', scale: 1, mean: [127, 127, 127], std: [128, 128, 128] },
  { order: 'BGR', scale: 1 / 255, mean: [0.4, 0.5, 0.6], std: [0.2, 0.3, 0.4] },
] as const;

const pixels = fc
  .tuple(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 8 }))
  .chain(([width, height]) =>
    fc.record({
      width: fc.constant(width),
      height: fc.constant(height),
      data: fc
        .uint8Array({ minLength: 4 * width * height, maxLength: 4 * width * height })
        .map((data) => data.map((byte, i) => (i % 4 === 3 ? 255 : byte))),
    }),
  );

describe('drawNetworkInput', () => {
  it('draws grey for a network of one channel', () => {
    const mode = { order: 'L', scale: 1 / 255, mean: [0.5], std: [0.5] } as const;
    const tensor = preprocess(
      [{ width: 2, height: 1, data: Uint8Array.of(255, 0, 0, 255, 9, 9, 9, 255), orientation: 1 }],
      { layout: 'NCHW', width: 2, height: 1 },
      { mode, interpolation: 'nearest', policy: 'stretch', orientation: 'ignore' },
    );

    expect([...toBitmap(tensor, 'NCHW', mode).data]).toEqual([76, 76, 76, 255, 9, 9, 9, 255]);
  });

  it.each(
    modes.flatMap((mode) => [
      { mode, layout: 'NHWC' as const },
      { mode, layout: 'NCHW' as const },
    ]),
  )('has the very pixels that were preprocessed: $layout $mode', ({ mode, layout }) => {
    fc.assert(
      fc.property(pixels, (bitmap) => {
        const { width, height } = bitmap;
        const tensor = preprocess(
          [{ ...bitmap, orientation: 1 }],
          { layout, width, height },
          { mode, interpolation: 'nearest', policy: 'stretch', orientation: 'ignore' },
        );

        expect(toBitmap(tensor, layout, mode)).toEqual(bitmap);
      }),
    );
  });
});
