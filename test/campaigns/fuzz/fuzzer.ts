/**
 * A coverage-guided fuzzer: inputs that take a new branch, or take one more often, are kept and mutated further. The method is
 * that of AFL and libFuzzer.
 */
import { branchOf, constants, resetBranches, takenBranches } from './branches.ts';
import { type Mutator, mutate, numberBytes } from './mutate.ts';
import type { Target } from './target.ts';

/** The result of one execution. */
export interface Execution {
  readonly input: Uint8Array;
  /** True if the input was kept for further mutation. */
  readonly isNew: boolean;
  /** CPU time, user and system. */
  readonly milliseconds: number;
  /** The error thrown by `check`. */
  readonly error?: unknown;
}

export interface Fuzzer {
  /** Checks a given input. */
  readonly execute: (input: Uint8Array) => Promise<Execution>;
  /** Checks a mutated input. */
  readonly step: () => Promise<Execution>;
  /** Numbers of kept inputs and of the branches that they take. */
  readonly progress: () => { readonly kept: number; readonly branches: number };
}

/** @param beforeCheck Receives each input first, so that the culprit is known if the process dies. */
export function createFuzzer(
  check: Target['check'],
  random: () => number,
  beforeCheck: (input: Uint8Array) => void = () => {},
): Fuzzer {
  const kept: Uint8Array[] = [];
  const seen = new Set<number>();
  let words: Mutator['words'] = [];

  const execute = async (input: Uint8Array): Promise<Execution> => {
    beforeCheck(input);
    resetBranches();
    const before = process.cpuUsage();
    let thrown: { error?: unknown } = {};
    try {
      await check(input);
    } catch (error) {
      thrown = { error };
    }
    const { user, system } = process.cpuUsage(before);
    const taken = takenBranches().filter((branch) => !seen.has(branch));
    for (const branch of taken) seen.add(branch);
    const isNew = taken.length > 0;
    if (isNew) kept.push(input);
    return { input, isNew, milliseconds: (user + system) / 1000, ...thrown };
  };

  /** Picks newer inputs more often. */
  const pick = (): Uint8Array => kept[Math.floor(kept.length * Math.sqrt(random()))] ?? new Uint8Array(0);

  const step = (): Promise<Execution> => {
    // Modules imported late add their counters late.
    if (words.length < constants.size) words = [...constants].flatMap(toWords);
    return execute(mutate(pick(), pick(), { random, words, maxBytes }));
  };
  const progress = () => ({ kept: kept.length, branches: new Set([...seen].map(branchOf)).size });
  return { execute, step, progress };
}

const maxBytes = 16_384;

function toWords(constant: string | number): Uint8Array[] {
  if (typeof constant === 'string') return [Buffer.from(constant)];
  if (!Number.isInteger(constant) || constant >= 2 ** 32) return [];
  const length = constant < 2 ** 16 ? 2 : 4;
  return [true, false].map((littleEndian) => numberBytes(constant, length, littleEndian));
}
