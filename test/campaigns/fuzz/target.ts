/** Fuzz targets: each file in targets/ checks the promises of one reader of untrusted input. */
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';

export interface Target {
  /** Small valid inputs, from which all others are made. */
  readonly seeds: () => Uint8Array[] | Promise<Uint8Array[]>;
  /** @throws if a promise is broken. */
  readonly check: (input: Uint8Array) => void | Promise<void>;
  /** True if a library is broken for good, so that the process must be replaced. */
  readonly isSpent?: () => boolean;
}

const targetsFolder = join(import.meta.dirname, 'targets');

/** The folder with failing inputs, one subfolder for each target. */
export const crashesFolder = join(import.meta.dirname, 'crashes');

export const targetNames = readdirSync(targetsFolder)
  .map((file) => basename(file, '.ts'))
  .sort();

export function loadTarget(name: string): Promise<Target> {
  return import(join(targetsFolder, `${name}.ts`));
}

/** Returns an error of the documented class instead of throwing it; any other error is thrown. */
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
