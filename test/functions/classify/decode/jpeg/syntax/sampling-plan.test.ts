import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planSampling } from '../../../../../../functions/classify/decode/jpeg/syntax/sampling-plan.ts';

/** A bit for each sample of a component across that these columns need, without the blocks that only pad the last MCU. */
function neededBy(columns: Int32Array, width: number, ratio: number): number[] {
  const components = [ratio, 1].map((h) => ({ h, v: 1 }));
  const frame = { width, height: 8, components };
  const { across, blocksAcross } = planSampling(frame, { columns, rows: Int32Array.of(0) }).components[1];
  return [...across.needed.subarray(0, blocksAcross)];
}

describe('planSampling', () => {
  it('needs for a run of pixels the samples that each of them needs', () => {
    const runs = fc
      .record({ width: fc.integer({ min: 1, max: 120 }), ratio: fc.constantFrom(1, 2, 3, 4) })
      .chain(({ width, ratio }) =>
        fc.record({
          width: fc.constant(width),
          ratio: fc.constant(ratio),
          ends: fc.tuple(fc.nat(width - 1), fc.nat(width - 1)),
        }),
      );

    fc.assert(
      fc.property(runs, ({ width, ratio, ends }) => {
        const first = Math.min(...ends);
        const run = Int32Array.from({ length: Math.max(...ends) - first + 1 }, (_, i) => first + i);

        const alone = [...run].map((x) => neededBy(Int32Array.of(x), width, ratio));

        expect(neededBy(run, width, ratio)).toEqual(
          alone.reduce((union, needed) => union.map((bits, b) => bits | needed[b])),
        );
      }),
    );
  });
});
