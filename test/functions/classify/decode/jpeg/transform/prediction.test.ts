import { describe, expect, it } from 'vitest';
import {
  addFirstPredictions,
  addPredictions,
} from '../../../../../../functions/classify/decode/jpeg/transform/prediction.ts';

describe('addPredictions', () => {
  const above = Uint16Array.of(10, 21, 40);

  it.each([
    [1, 'the left one', [13, 14, 13]],
    [2, 'the one above', [13, 22, 39]],
    [3, 'the one above the left one', [13, 11, 20]],
    [4, 'left + above - corner', [13, 25, 43]],
    [5, 'left + half of (above - corner), rounded down', [13, 19, 27]],
    [6, 'above + half of (left - corner), rounded down', [13, 23, 40]],
    [7, 'the mean of left and above, rounded down', [13, 18, 28]],
  ])('with predictor %i predicts %s, in the first column the one above', (predictor, _, samples) => {
    const row = Uint16Array.of(3, 1, -1);

    addPredictions(row, above, predictor);

    expect([...row]).toEqual(samples);
  });

  it('leaves the samples that pad the last MCU', () => {
    const row = Uint16Array.of(1, 1, 1, 1);

    addPredictions(row, above, 1);

    expect([...row]).toEqual([11, 12, 13, 1]);
  });
});

describe('addFirstPredictions', () => {
  it('predicts the left sample, modulo 2^16', () => {
    const row = Uint16Array.of(-130, 3, 0x8000);

    addFirstPredictions(row, 128);

    expect([...row]).toEqual([0xfffe, 1, 0x8001]);
  });
});
