import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { addPreprocessingOptions } from '../../../local/cli/preprocessing-options.ts';
import { sentenceOf } from '../../support/sentence.ts';

function command() {
  return addPreprocessingOptions(new Command('any')).action(() => {});
}

describe('options for preprocessing', () => {
  it('are read as numbers and fractions', () => {
    const parsed = command().parse(
      ['--scale', '1/255', '--mean', '0.5,0,-1', '--std', '0.5', '--crop-fraction', '1'],
      { from: 'user' },
    );

    expect(parsed.opts()).toEqual({ scale: 1 / 255, mean: [0.5, 0, -1], std: [0.5], cropFraction: 1 });
  });

  it.each([
    ['--scale', '0', 'other than 0'],
    ['--scale', '1e-50', 'other than 0'],
    ['--scale', '1e39', 'other than 0'],
    ['--std', '0,0,0', 'above 0'],
    ['--std', '1,-1,1', 'above 0'],
    ['--mean', '1,2', 'a number per channel'],
    ['--mean', '1e39,0,0', 'a number per channel'],
    ['--crop-fraction', '0', 'a fraction above 0'],
    ['--crop-fraction', '-1', 'a fraction above 0'],
    ['--crop-fraction', '2', 'up to 1'],
  ])('refuse %s %s', async (option, value, message) => {
    expect(await sentenceOf(command(), [`${option}=${value}`])).toContain(message);
  });
});
