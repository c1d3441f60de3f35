import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { halves, storeAsHalf } from '../../../../layers/model/onnx/half.ts';
import { encodeModel, external, float32 } from '../../../../layers/model/onnx/proto.ts';
import { temporaryFolder } from '../fixtures.ts';

/** The value of a finite float16, from its definition. */
function value(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}

const finiteHalves = Array.from({ length: 0x10000 }, (_, bits) => bits).filter(
  (bits) => ((bits >> 10) & 31) < 31,
);

describe('halves', () => {
  it('keeps every one of the 63,488 float16 numbers', () => {
    const found = halves(Float32Array.from(finiteHalves, value), 'w');

    expect([...found]).toEqual(finiteHalves);
  });

  it('rounds to the nearest, and ties to even', () => {
    const positive = finiteHalves.filter((bits) => bits < 0x8000);
    const between = fc.tuple(
      fc.integer({ min: 0, max: positive.length - 2 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
    );
    fc.assert(
      fc.property(between, ([low, fraction]) => {
        const [below, above] = [value(low), value(low + 1)];
        const wanted = Math.fround(below + (above - below) * fraction);
        const [found] = halves(Float32Array.of(wanted), 'w');
        const toBelow = wanted - below;
        const toAbove = above - wanted;
        const even = low % 2 === 0 ? low : low + 1;
        expect(found).toBe(toBelow === toAbove ? even : toBelow < toAbove ? low : low + 1);
      }),
      { numRuns: 2000, examples: [[[0, 0.5]], [[1, 0.5]], [[1023, 0.5]], [[1024, 0.5]], [[1025, 0.5]]] },
    );
  });

  it.each([65_519.99, -65_519.99])('takes %d, which rounds to the largest float16', (large) => {
    expect(Math.abs(value(halves(Float32Array.of(large), 'w')[0]!))).toBe(65_504);
  });

  it.each([65_520, -1e9, Number.POSITIVE_INFINITY])('refuses %d, with the name of the weight', (large) => {
    expect(() => halves(Float32Array.of(0, large), 'conv1_kernel')).toThrow(
      `weight 'conv1_kernel' holds ${large}; float16 ends at 65504: use --precision fp32`,
    );
  });
});

describe('storeAsHalf', () => {
  const folder = temporaryFolder();

  it('refuses weights that are cut off', async () => {
    const model = encodeModel({
      irVersion: 8,
      opsetImport: [{ version: 17 }],
      graph: {
        name: 'net',
        node: [{ name: 'n', opType: 'Identity', input: ['w'], output: ['y'] }],
        initializer: [
          {
            name: 'w',
            dims: [4],
            dataType: float32,
            dataLocation: external,
            externalData: [
              { key: 'location', value: 'net.bin' },
              { key: 'length', value: '16' },
            ],
          },
        ],
        input: [],
        output: [],
      },
    });
    writeFileSync(join(folder, 'net.onnx'), model);
    writeFileSync(join(folder, 'net.bin'), Buffer.alloc(15));

    const stored = storeAsHalf(join(folder, 'net.onnx'), join(folder, 'half.onnx'), join(folder, 'half.bin'));

    await expect(stored).rejects.toThrow(`weight 'w' is cut off: its file in ${folder} is too short`);
  });
});
