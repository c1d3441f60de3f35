import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { covarianceOf, groupByMemory, sumProducts } from '../../../../layers/model/int8/covariance.ts';
import type { Correlation } from '../../../../layers/model/int8/observation.ts';
import { readModel } from '../../../../layers/model/onnx/proto.ts';
import { temporaryFolder } from '../fixtures.ts';
import { node, value, writeNetwork } from '../onnx/networks.ts';
import { images, network } from './network.ts';

const folder = temporaryFolder();
const photos = images();
const calibration = { input: 'input', images: photos };
const pixels = 16 * 16;

async function sums(path: string, correlations: readonly Correlation[]) {
  const model = await readModel(path);
  return sumProducts(model, correlations, correlations, calibration, join(folder, 'observed.onnx'));
}

describe('sumProducts', () => {
  const input = { name: 'input', channelAxis: 'second', channels: 3 } as const;
  /** The products of the first two channels. */
  const expected = photos.reduce(
    (sum, { data }) =>
      sum + data.subarray(0, pixels).reduce((s, value, i) => s + value * data[pixels + i]!, 0),
    0,
  );

  it('multiplies the channels of all pixels of all photos', async () => {
    const products = (await sums(network, [input])).get('input')!;

    expect(products).toHaveLength(9);
    expect(products[1]! / expected).toBeCloseTo(1, 5);
    expect(products[3]! / expected).toBeCloseTo(1, 5);
  });

  it('takes the last axis for the channels of rows', async () => {
    const rows = writeNetwork(join(folder, 'rows.onnx'), {
      node: [node('Transpose', ['input'], 'rows', { perm: [0, 2, 3, 1] }), node('Neg', ['rows'], 'scores')],
      initializer: [],
      input: [value('input', [1, 3, 16, 16])],
      output: [value('scores', [1, 16, 16, 3])],
    });

    const products = (await sums(rows, [{ ...input, name: 'rows', channelAxis: 'last' }])).get('rows')!;

    expect(products[1]! / expected).toBeCloseTo(1, 5);
  });

  it('adds up the images that a network makes of one photo', async () => {
    const twice = writeNetwork(join(folder, 'twice.onnx'), {
      node: [node('Concat', ['input', 'input'], 'both', { axis: 0 }), node('Neg', ['both'], 'scores')],
      initializer: [],
      input: [value('input', [1, 3, 16, 16])],
      output: [value('scores', [2, 3, 16, 16])],
    });

    const products = (await sums(twice, [{ ...input, name: 'both' }])).get('both')!;

    expect(products).toHaveLength(9);
    expect(products[1]! / expected).toBeCloseTo(2, 5);
  });

  it('gives the same sums of a value in whichever group it is', async () => {
    const features = { name: 'features', channelAxis: 'last', channels: 8 } as const;
    const together = await sums(network, [input, features]);

    expect((await sums(network, [input])).get('input')).toEqual(together.get('input'));
    expect((await sums(network, [features])).get('features')).toEqual(together.get('features'));
  });
});

describe('groupByMemory', () => {
  function groups(...channels: number[]): number[][] {
    const correlations = channels.map(
      (count, i): Correlation => ({
        name: `${i}`,
        channelAxis: 'last',
        channels: count,
      }),
    );
    return groupByMemory(correlations).map((group) => group.map((correlation) => correlation.channels));
  }

  it.each([
    [[], []],
    [[2048, 2048, 2048, 512], [[2048, 2048, 2048, 512]]],
    [
      [4096, 4096, 64],
      [[4096], [4096, 64]],
    ],
    // Never empty, and never without the first one.
    [
      [8192, 8],
      [[8192], [8]],
    ],
  ])('divides values of %j channels into groups of at most 300 MB', (channels, expected) => {
    expect(groups(...channels)).toEqual(expected);
  });
});

describe('covarianceOf', () => {
  it('takes the means off, and trusts covariances of few places less', () => {
    const products = Float64Array.of(20, 14, 14, 20);

    expect([...covarianceOf(products, Float64Array.of(1, 2), 2)]).toEqual(
      [9, 5 / 9, 5 / 9, 6].map(Math.fround),
    );
  });
});
