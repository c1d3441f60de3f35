import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readFloatGraph } from '../../../../layers/model/int8/float-graph.ts';
import { observe } from '../../../../layers/model/int8/observe.ts';
import { percentileRange } from '../../../../layers/model/int8/ranges.ts';
import {
  byteScaleOf,
  greatestWeight,
  peakScales,
  roundKernel,
} from '../../../../layers/model/int8/rounding.ts';
import { readModel } from '../../../../layers/model/onnx/proto.ts';
import { temporaryFolder } from '../fixtures.ts';
import { images, network, onnxRuntime } from './network.ts';

const folder = temporaryFolder();
const calibration = { input: 'input', images: images() };

describe("ONNX Runtime's quantisation tool", () => {
  it.each(Object.entries(onnxRuntime.weights))('rounds %s to the same integers', async (name, expected) => {
    const kernel = readFloatGraph((await readModel(network)).graph).constant(name)!;

    const scales = peakScales(kernel, 0, greatestWeight);
    const { integers } = roundKernel(kernel, 0, scales, greatestWeight);

    expect([...integers]).toEqual(expected.integers);
    expect([...scales]).toEqual(expected.scales.map(Math.fround));
  });

  it('finds the same scales for the extremes of the values between layers', async () => {
    const observed = await observeAll(between(onnxRuntime.extremes));

    for (const name of between(onnxRuntime.extremes)) {
      const [scale, zero] = onnxRuntime.extremes[name]!;
      const found = byteScaleOf(observed.get(name)!.histogram);
      expect(found.zero, name).toBe(zero);
      expect(found.scale / scale, name).toBeCloseTo(1, 5);
    }
  });
});

describe('NumPy', () => {
  it.each(Object.entries(onnxRuntime.quantiles))(
    'finds the same quantiles of %s',
    async (name, [low, high]) => {
      const { histogram } = (await observeAll([name])).get(name)!;
      const { min, max } = percentileRange(histogram, 0.9995);

      // A value is a bin wide, and NumPy takes the mean of the two values next to the quantile.
      const step = (histogram.max - histogram.min) / 50;
      expect(Math.abs(min - low)).toBeLessThan(step);
      expect(Math.abs(max - high)).toBeLessThan(step);
    },
  );
});

/** Leaves out the scores, whose range ONNX Runtime knows beforehand. */
function between(values: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(values).filter((name) => name !== 'scores');
}

async function observeAll(names: readonly string[]) {
  const observations = names.map((name) => ({ name, channelAxis: 'last' as const }));
  return observe(await readModel(network), observations, calibration, join(folder, 'observed.onnx'));
}
