/** A check of `npm run e2e`: a promise to the user, and code that verifies it on the deployed stack. */

export interface Check {
  /** The promise, as printed in the table. */
  readonly name: string;
  /**
   * Rejects with the broken promise.
   *
   * @throws Skipped if this machine cannot run the check.
   */
  readonly run: () => Promise<void>;
}

/** This machine cannot run a check. Not a failure: the message says what is missing and how to get it. */
export class Skipped extends Error {
  override readonly name = 'Skipped';
}

/** The checks after the first depend on it: if it fails, they are skipped. */
export type Stage = readonly [Check, ...Check[]];
