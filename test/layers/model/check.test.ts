import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createHead } from '../../../functions/classify/network/head.ts';
import { assertEqualScores, type Precision, runOnTestPictures } from '../../../layers/model/check.ts';
import { kerasResnetPreprocessing } from '../../../layers/model/recipes.ts';
import { temporaryFolder } from './fixtures.ts';
import { node, writeMeans } from './onnx/networks.ts';

const folder = temporaryFolder();

function run(path: string, side = 8) {
  const input = { name: 'images', layout: 'NCHW', width: side, height: side } as const;
  return runOnTestPictures(path, { input, output: { name: 'scores' } }, kerasResnetPreprocessing);
}

describe('runOnTestPictures', () => {
  it('gives the outputs for two pictures that differ', async () => {
    const [first, second, ...others] = await run(
      writeMeans(join(folder, 'softmax.onnx'), [node('Softmax', ['means'], 'scores', { axis: 1 })]),
    );

    expect(others).toEqual([]);
    expect([first!.length, second!.length]).toEqual([3, 3]);
    expect(first).not.toEqual(second);
  });

  it('takes outputs with further dimensions of 1', async () => {
    const path = writeMeans(join(folder, 'pooled.onnx'), [node('Identity', ['pooled'], 'scores')]);

    expect((await run(path)).map(({ length }) => length)).toEqual([3, 3]);
  });

  it('refuses an output that is not one number per class', async () => {
    const path = writeMeans(join(folder, 'map.onnx'), [node('Relu', ['images'], 'scores')]);

    await expect(run(path)).rejects.toThrow(
      /returns float32 \[1, 3, 8, 8\]; expected float32 \[batch, classes\]/,
    );
  });

  it('says on what input a network cannot be run', async () => {
    const path = writeMeans(join(folder, 'identity.onnx'), [node('Identity', ['means'], 'scores')]);

    await expect(run(path, 3)).rejects.toThrow(/cannot be run on a 1x3x3x3 input/);
  });

  it('says what ONNX Runtime cannot load', async () => {
    const path = writeMeans(join(folder, 'unknown.onnx'), [node('NoSuchOperator', ['means'], 'scores')]);

    await expect(run(path)).rejects.toThrow(
      /unknown.onnx cannot be loaded by ONNX Runtime: .*NoSuchOperator/,
    );
  });
});

describe('assertEqualScores', () => {
  const softmax = createHead({ activation: 'softmax' }, 2);
  const scores = [Float32Array.of(0.25, 0.75), Float32Array.of(0.5, 0.5)];
  const shifted = (by: number) => scores.map((values) => values.map((value) => value + by));
  const compare = (by: number, precision: Precision | 'int8' = 'fp32', isQuantised = false) =>
    assertEqualScores(scores, shifted(by), softmax, { precision, isQuantised });

  it('gives the largest difference of a score', () => {
    expect(compare(0)).toBe(0);
    expect(compare(2 ** -14)).toBe(2 ** -14);
  });

  it('compares scores and not the logits they are made of', () => {
    const logits = [Float32Array.of(100, 0)];
    const head = createHead({ activation: 'none', apply: 'softmax' }, 2);

    expect(
      assertEqualScores(logits, [Float32Array.of(90, 0)], head, { precision: 'fp32', isQuantised: false }),
    ).toBeLessThan(1e-9);
  });

  it.each<[string, number, Precision | 'int8', boolean, RegExp]>([
    ['fp32', 0.001, 'fp32', false, /stored as fp32, .* differ by 0.001\d*; at most 0.0001 is accepted$/],
    ['fp16', 0.02, 'fp16', false, /stored as fp16, .* at most 0.01 is accepted: use --precision fp32$/],
    [
      'int8',
      0.05,
      'int8',
      false,
      /stored as int8, .* at most 0.03125 is accepted: use --precision fp32, without --calibrate$/,
    ],
    [
      'a quantised source',
      0.05,
      'fp32',
      true,
      /at most 0.03125 is accepted: use the network as it was before quantisation$/,
    ],
    ['NaN', Number.NaN, 'fp32', false, /differ by NaN/],
  ])('refuses a larger difference than fits %s', (_, by, precision, isQuantised, message) => {
    expect(() => compare(by, precision, isQuantised)).toThrow(message);
  });

  it('allows a quantised network the steps of int8', () => {
    expect(compare(2 ** -7, 'fp32', true)).toBe(2 ** -7);
    expect(compare(2 ** -7, 'int8')).toBe(2 ** -7);
  });
});
