import { describe, expect, it } from 'vitest';
import { CorruptImage } from '../../../../../../functions/classify/image/rejections.ts';
import { decodeToRgb } from '../fixtures/fixtures.ts';

/** A grey file, 2 pixels wide, with predictor 1. Code 0 is no difference, 100 is -1, and 101 is 1. */
function greyFile({ height = 3, interval = 4, factors = '11', data = '' }): Buffer {
  const hex = [
    'ffd8',
    `ffc3000b08000${height}00020101${factors}00`,
    `ffdd0004000${interval}`,
    `ffc40015000101${'00'.repeat(14)}0001`,
    'ffda0008010100010000',
    data,
    'ffd9',
  ];
  return Buffer.from(hex.join(''), 'hex');
}

function greysOf(bytes: Uint8Array): number[] {
  return [...decodeToRgb(bytes)].filter((_, i) => i % 3 === 0);
}

describe('openLosslessScan, as in Pillow', () => {
  it('starts from mid-grey at restarts, and from the row above elsewhere', () => {
    const bytes = greyFile({ data: 'ab7fffd0b7' });

    expect(greysOf(bytes)).toEqual([129, 129, 130, 131, 129, 130]);
  });

  it('completes the row in which the data end, and paints the others grey', () => {
    const bytes = greyFile({ data: 'af' });

    expect(greysOf(bytes)).toEqual([129, 129, 129, 129, 128, 128]);
  });

  it('starts a pair of rows anew if the restart is at the second', () => {
    const bytes = greyFile({ height: 4, interval: 6, factors: '12', data: 'a0ffd03f' });

    expect(greysOf(bytes)).toEqual([129, 129, 129, 129, 128, 128, 128, 128]);
  });

  it('rejects restarts within a row', () => {
    expect(() => decodeToRgb(greyFile({ interval: 3 }))).toThrow(
      new CorruptImage('restarts within a row of a lossless JPEG'),
    );
  });
});
