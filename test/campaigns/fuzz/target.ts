/** What is fuzzed: each file in targets/ is a room of the house, and says what must hold of it whatever comes in. */
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';

export interface Target {
  /** Valid inputs, small ones: all others are made from them. */
  readonly seeds: () => Uint8Array[] | Promise<Uint8Array[]>;
  /** @throws if something does not hold. */
  readonly check: (input: Uint8Array) => void | Promise<void>;
  /** Whether this process cannot go on, as a library in it is broken for good. */
  readonly isSpent?: () => boolean;
}

const targetsFolder = join(import.meta.dirname, 'targets');

/** Where inputs are kept that a target has failed on, in a folder for each target. */
export const crashesFolder = join(import.meta.dirname, 'crashes');

export const targetNames = readdirSync(targetsFolder)
  .map((file) => basename(file, '.ts'))
  .sort();

export function loadTarget(name: string): Promise<Target> {
  return import(join(targetsFolder, `${name}.ts`));
}

/** An error in place of the result, if it is of the class that callers are told to expect. Any other is thrown. */
export async function resultOf<Result, Expected extends Error>(
  run: () => Result | Promise<Result>,
  expected: abstract new (...parameters: never[]) => Expected,
): Promise<Result | Expected> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof expected) return error;
    throw error;
  }
}
