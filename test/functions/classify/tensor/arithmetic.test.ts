import { describe, expect, it } from 'vitest';
import {
  type CustomArithmetic,
  channelsOf,
  followPixel,
} from '../../../../functions/classify/tensor/arithmetic.ts';
import { modes } from '../../../../functions/classify/tensor/names.ts';

describe('followPixel', () => {
  // Keras' own values for this pixel: preprocess_input on [166, 122, 95].
  it.each([
    ['caffe', ['', '- mean'], [-8.939003, 5.2210007, 42.32]],
    ['tf', ['', '/ 127.5', '- mean'], [0.30196083, -0.043137252, -0.25490195]],
    ['torch', ['', '/ 255', '- mean', '/ std'], [0.72480524, 0.10014006, -0.14867094]],
  ] as const)('names the steps of %s and ends with the value of Keras', (mode, names, expected) => {
    const steps = followPixel([166, 122, 95], mode);

    expect(steps.map(({ name }) => name)).toEqual(names);
    expect(steps.at(-1)!.values).toEqual(expected.map(Math.fround));
  });

  const grey: CustomArithmetic = { order: 'L', scale: 1 / 255, mean: [0.5], std: [0.25] };
  it.each([...modes, grey])('ends with the value that the tensor gets: %o', (mode) => {
    for (let value = 0; value < 256; value++) {
      const last = followPixel([value, value, value], mode).at(-1)!;

      expect(last.values).toEqual(channelsOf(mode).map((channel) => channel.values[value]));
    }
  });

  it('shows the pixel alone where the arithmetic changes nothing', () => {
    const unchanged = { order: 'BGR', scale: 1, mean: [0, 0, 0], std: [1, 1, 1] } as const;

    expect(followPixel([1, 2, 3], unchanged)).toEqual([{ name: '', values: [3, 2, 1] }]);
  });

  it('rounds the factor that it names, and not the one that it uses', () => {
    const scaled = { order: 'RGB', scale: 1 / 255, mean: [0, 0, 0], std: [1, 1, 1] } as const;

    const [, step] = followPixel([255, 0, 51], scaled);

    expect(step).toEqual({ name: 'x 0.0039216', values: [1, 0, Math.fround(51 * Math.fround(1 / 255))] });
  });
});
