import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { covarianceOf } from '../../../../layers/model/int8/covariance.ts';
import { observe } from '../../../../layers/model/int8/observe.ts';
import { readModel } from '../../../../layers/model/onnx/proto.ts';
import { temporaryFolder } from '../fixtures.ts';
import { images, network } from './network.ts';

const folder = temporaryFolder();

describe('observe', () => {
  it('finds how the channels of an image vary together, where it is asked to', async () => {
    const photos = images();
    const observed = await observe(
      await readModel(network),
      [
        { name: 'input', channelAxis: 'second', channels: 3 },
        { name: 'features', channelAxis: 'last' },
      ],
      { input: 'input', images: photos },
      join(folder, 'observed.onnx'),
    );

    const { covariance, means } = observed.get('input')!;
    const pixels = 16 * 16;
    const places = photos.length * pixels;
    const products = photos.reduce(
      (sum, { data }) =>
        sum + data.subarray(0, pixels).reduce((s, value, i) => s + value * data[pixels + i]!, 0),
      0,
    );
    expect(observed.get('features')).not.toHaveProperty('covariance');
    expect(covariance).toHaveLength(9);
    const expected = (products / places - means[0]! * means[1]!) * (places / (places + 24));
    expect(covariance![1]).toBeCloseTo(expected, 5);
    expect(covariance![3]).toBeCloseTo(expected, 5);
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
