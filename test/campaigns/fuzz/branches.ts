/** The branch counters of all instrumented modules. */

declare global {
  /** Called by instrumented modules: see instrument.ts. */
  var openBranches: (count: number, constants: readonly (string | number)[]) => Uint32Array;
}

const modules: Uint32Array[] = [];

/** Constants that the sources compare with: field names, markers, sizes. */
export const constants = new Set<string | number>();

globalThis.openBranches = (count, constantsOfModule) => {
  for (const constant of constantsOfModule) constants.add(constant);
  const counters = new Uint32Array(count);
  modules.push(counters);
  return counters;
};

export function resetBranches(): void {
  for (const counters of modules) counters.fill(0);
}

// Buckets of libFuzzer: 1, 2, 3, 4-7, 8-15, 16-31, 32-127 and more.
const levels = 8;
function levelOf(count: number): number {
  return count < 4 ? count - 1 : count < 32 ? 31 - Math.clz32(count) + 1 : count < 128 ? 6 : 7;
}

/** Opaque numbers for the branches taken since the last reset, each combined with its count's bucket. */
export function takenBranches(): number[] {
  const taken: number[] = [];
  let first = 0;
  for (const counters of modules) {
    for (let i = 0; i < counters.length; i++) {
      if (counters[i]! > 0) taken.push(levels * (first + i) + levelOf(counters[i]!));
    }
    first += counters.length;
  }
  return taken;
}

/** The branch of a number that `takenBranches` gave. */
export function branchOf(taken: number): number {
  return Math.floor(taken / levels);
}
