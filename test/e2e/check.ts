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

/**
 * The checks whose name has one of the texts, in any case, each after the deployment that it needs. A stage is whole if its
 * deployment has one. Without texts, every check.
 */
export function selectStages(stages: readonly Stage[], texts: readonly string[]): readonly Stage[] {
  const isWanted = ({ name }: Check) =>
    texts.length === 0 || texts.some((text) => name.toLowerCase().includes(text.toLowerCase()));
  return stages.flatMap((stage): Stage[] => {
    const [first, ...others] = stage;
    if (isWanted(first)) return [stage];
    const wanted = others.filter(isWanted);
    return wanted.length > 0 ? [[first, ...wanted]] : [];
  });
}
