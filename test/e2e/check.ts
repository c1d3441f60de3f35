/** What `npm run e2e` checks: a promise to the user, and the code that shows whether the deployed stack keeps it. */

export interface Check {
  /** The promise, in the words of the printed table. */
  readonly name: string;
  /**
   * Rejects with what is wrong.
   *
   * @throws Skipped where this machine cannot tell.
   */
  readonly run: () => Promise<void>;
}

/** This machine cannot run a check, which is no failure: the message says what is missing and how to get it. */
export class Skipped extends Error {
  override readonly name = 'Skipped';
}

/** Where the first check fails there is nothing to run the others on. */
export type Stage = readonly [Check, ...Check[]];
