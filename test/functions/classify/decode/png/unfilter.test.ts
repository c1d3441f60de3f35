import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { filters, unfilter } from '../../../../../functions/classify/decode/png/unfilter.ts';
import { CorruptImage } from '../../../../../functions/classify/image/rejections.ts';
import { openMemory } from '../../../kernels/memory.ts';

/** The PNG specification's definition in its own terms: Raw(x), Prior(x), Raw(x - bpp), Prior(x - bpp). */
const predictors: Readonly<Record<keyof typeof filters, (a: number, b: number, c: number) => number>> = {
  none: () => 0,
  sub: (a) => a,
  up: (_, b) => b,
  average: (a, b) => Math.floor((a + b) / 2),
  paeth: (a, b, c) => {
    const p = a + b - c;
    const [pa, pb, pc] = [a, b, c].map((neighbour) => Math.abs(p - neighbour)) as [number, number, number];
    if (pa <= pb && pa <= pc) return a;
    return pb <= pc ? b : c;
  },
};

function filtered(name: keyof typeof filters, line: Uint8Array, above: Uint8Array, step: number) {
  return line.map((byte, i) => {
    const neighbours = [line[i - step] ?? 0, above[i]!, above[i - step] ?? 0] as const;
    return byte - predictors[name](...neighbours);
  });
}

describe('unfilter', () => {
  it.each(Object.keys(filters) as (keyof typeof filters)[])('reverses the filter %s', (name) => {
    const pairs = fc.array(fc.tuple(fc.nat(255), fc.nat(255)), { maxLength: 40 });
    fc.assert(
      fc.property(pairs, fc.constantFrom(1, 2, 3, 4, 6, 8), (pairs, step) => {
        const pixels = pairs.length - (pairs.length % step);
        const line = Uint8Array.from(pairs.slice(0, pixels), ([byte]) => byte);
        const above = Uint8Array.from(pairs.slice(0, pixels), ([, byte]) => byte);
        const restored = filtered(name, line, above, step);

        const { kernels, put, bytesAt } = openMemory();
        const [at, aboveAt] = [put(restored), put(above)];

        unfilter(kernels, filters[name], at, aboveAt, line.length, step);

        expect(bytesAt(at, line.length)).toEqual(line);
        expect(bytesAt(aboveAt, line.length)).toEqual(above);
      }),
    );
  });

  it('rejects a filter that does not exist', () => {
    const { kernels, put } = openMemory();
    const act = () => unfilter(kernels, 5, put(new Uint8Array(3)), put(new Uint8Array(3)), 3, 3);

    expect(act).toThrow(CorruptImage);
    expect(act).toThrow('the filter 5 does not exist');
  });
});
