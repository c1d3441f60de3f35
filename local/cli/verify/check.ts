/** The vocabulary of `bucketlens verify`: a check is a promise of the docs, and code that tries it on a deployed stack. */
import type { Settings, Target } from './target.ts';

/** `left out`: the stack's settings do not promise it. `could not tell`: a right is missing, or the service does not exist there. */
export type Outcome = 'yes' | 'no' | 'could not tell' | 'left out';

export interface Check {
  /** Its name on the command line, such as `second-upload-wins`. */
  readonly id: string;
  /** The promise, as printed. */
  readonly promise: string;
  /** The steps of the check, as printed: `uploads a photo`. */
  readonly does: string;
  /** The way on after a 'no'. */
  readonly advice: string;
  /** Absent, the check always runs. Where it returns false, the check runs only with `--all` or by its name. */
  readonly isSwitchedOn?: (settings: Settings) => boolean;
  /** The service that emulators lack. */
  readonly lacking?: string;
  /** Returns why the check does not concern this stack, or undefined. */
  readonly leftOut?: (target: Target) => string | undefined;
  /**
   * Tries the promise.
   *
   * @returns What AWS answered.
   * @throws Broken if the promise does not hold; any other error if that cannot be told.
   */
  readonly run: (target: Target) => Promise<string>;
}

export interface Finding {
  readonly check: string;
  readonly promise: string;
  readonly outcome: Outcome;
  readonly seconds: number;
  readonly did: string;
  readonly answered: string;
  /** Only with the outcome `no`. */
  readonly toDo?: string;
}

/** A promise does not hold. The message says what was found. */
export class Broken extends Error {
  override readonly name = 'Broken';
}

/** A check cannot tell. The message says what is missing. */
export class Untold extends Error {
  override readonly name = 'Untold';
}

/** @throws Broken unless the condition holds. */
export function assertHolds(condition: unknown, found: string): asserts condition {
  if (!condition) throw new Broken(found);
}
