import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../support/random.ts';
import { resetBranches, takenBranches } from './branches.ts';
import { createFuzzer } from './fuzzer.ts';
import { instrument } from './instrument.ts';

/** Loads an instrumented module. */
function load(source: string): Promise<Record<string, (input: Uint8Array) => unknown>> {
  return import(`data:text/javascript,${encodeURIComponent(source)}`);
}

describe('the fuzzer', () => {
  it('finds a fault behind several nested conditions', async () => {
    // A random search would not find these three bytes in a hundred thousand attempts.
    const { check } = await load(
      instrument(`export function check(input) {
      if (input[0] === 0x6c) if (input[1] === 0x61) if (input[2] === 0x62) throw new Error('found');
    }`),
    );
    const { execute, step } = createFuzzer((input) => void check!(input), randomFrom(1));
    await execute(Uint8Array.of(0, 0, 0, 0));

    let error: unknown;
    for (let i = 0; i < 100_000 && !error; i++) ({ error } = await step());

    expect(error).toEqual(new Error('found'));
  });

  it('finds a word that the source compares its input with', async () => {
    const { check } = await load(
      instrument(`export function check(input) {
      if (Buffer.from(input).toString() === 'ObjectCreated') throw new Error('found');
    }`),
    );
    const { execute, step } = createFuzzer((input) => void check!(input), randomFrom(1));
    await execute(new Uint8Array(0));

    let error: unknown;
    for (let i = 0; i < 100_000 && !error; i++) ({ error } = await step());

    expect(error).toEqual(new Error('found'));
  });

  it('generates the same inputs from the same seed', async () => {
    const inputsOf = async (seed: number) => {
      const { execute, step } = createFuzzer(() => {}, randomFrom(seed));
      await execute(Buffer.from('{"a":[1,2]}'));
      return Promise.all(Array.from({ length: 100 }, async () => (await step()).input));
    };

    expect(await inputsOf(1)).toEqual(await inputsOf(1));
    expect(await inputsOf(1)).not.toEqual(await inputsOf(2));
  });
});

describe('an instrumented source', () => {
  const source = `// A comment above.
export function check(input) {
  const [n, m = n ? 'one' : 'none'] = input;
  let said = m;
  if (n > 1) said += 'many'; else if (n) { said += 'single' }
  if (n > 2) for (const x of [n]) if (x) said += x;
  do said += '.'; while (said.length < 3);
  const wrap = (value = said) => ({ said, value });
  try { null.x } catch { said += n && '!' || '?' }
  return JSON.stringify(wrap());
}`;

  it('computes the same as before', async () => {
    const [plain, counting] = await Promise.all([load(source), load(instrument(source))]);

    for (let n = 0; n < 4; n++) {
      expect(counting.check!(Uint8Array.of(n))).toBe(plain.check!(Uint8Array.of(n)));
    }
  });

  it('counts different branches differently', async () => {
    const { check } = await load(instrument(source));
    const takenBy = (n: number) => {
      resetBranches();
      check!(Uint8Array.of(n));
      return takenBranches();
    };

    expect(takenBy(1)).toEqual(takenBy(1));
    expect(new Set([0, 1, 2, 3].map((n) => takenBy(n).join())).size).toBe(4);
  });

  it('keeps its line numbers', async () => {
    const { check } = await load(instrument('// Three lines.\nexport function check() {\n  null.x }'));

    expect(() => check!(new Uint8Array(0))).toThrow(
      expect.objectContaining({ stack: expect.stringMatching(/:3:\d+\)?$/m) }),
    );
  });
});
