import { describe, expect, it } from 'vitest';
import { paintRowOf } from '../../../../../functions/classify/decode/jpeg/colours.ts';
import type { ColourSpace } from '../../../../../functions/classify/decode/jpeg/syntax/colour-space.ts';
import { startKernels } from '../../../../../functions/classify/decode/shared/kernels.ts';

/** Converts the second of two pixels; the first is black or white. */
function paint(colourSpace: ColourSpace, ...values: number[]): number[] {
  const instance = startKernels();
  const planes = instance.allocate(48);
  const components = values.map((value) => {
    const row = instance.allocate(16);
    instance.bytesAt(row, 2).set([0, value]);
    return row;
  });
  paintRowOf(instance, colourSpace)(components, planes, 16, 0, 2);
  return [1, 17, 33].map((at) => instance.bytesAt(planes, 48)[at]);
}

describe('paintRowOf', () => {
  // Computed by hand from the 16-bit factors and, for CMYK, from Pillow's rounding.
  it.each([
    { colourSpace: 'grey', values: [77], rgb: [77, 77, 77] },
    { colourSpace: 'RGB', values: [1, 2, 3], rgb: [1, 2, 3] },
    { colourSpace: 'YCbCr', values: [100, 128, 128], rgb: [100, 100, 100] },
    { colourSpace: 'YCbCr', values: [76, 85, 255], rgb: [254, 0, 0] },
    { colourSpace: 'YCbCr', values: [255, 255, 255], rgb: [255, 121, 255] },
    { colourSpace: 'YCbCr', values: [0, 0, 0], rgb: [0, 135, 0] },
    { colourSpace: 'YCbCr', values: [0, 255, 0], rgb: [0, 48, 225] },
    { colourSpace: 'CMYK', values: [255, 255, 255, 255], rgb: [255, 255, 255] },
    { colourSpace: 'CMYK', values: [0, 128, 255, 255], rgb: [0, 128, 255] },
    { colourSpace: 'CMYK', values: [200, 100, 50, 128], rgb: [100, 50, 25] },
    { colourSpace: 'CMYK', values: [255, 255, 255, 0], rgb: [0, 0, 0] },
    { colourSpace: 'YCCK', values: [255, 128, 128, 255], rgb: [0, 0, 0] },
    { colourSpace: 'YCCK', values: [55, 128, 128, 128], rgb: [100, 100, 100] },
  ] as const)('converts $colourSpace $values to $rgb', ({ colourSpace, values, rgb }) => {
    expect(paint(colourSpace, ...values)).toEqual(rgb);
  });
});
