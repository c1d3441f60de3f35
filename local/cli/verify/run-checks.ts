/** Runs the checks that concern a stack, one after another. */
import { explain } from '../failure.ts';
import { Broken, type Check, type Finding } from './check.ts';
import type { Target } from './target.ts';

export interface Choice {
  /** Names of checks; all if empty. */
  readonly names: readonly string[];
  /** Runs checks of what is not switched on, too. */
  readonly all: boolean;
}

/** Selects checks. Those of the names need a first upload, which only `labels-arrive` may make. */
export function chooseChecks(checks: readonly Check[], { names }: Pick<Choice, 'names'>): readonly Check[] {
  return names.length === 0 ? checks : checks.filter(({ id }, index) => index === 0 || names.includes(id));
}

/** Yields each finding as soon as it is made. */
export async function* runChecks(
  checks: readonly Check[],
  target: Target,
  choice: Choice,
): AsyncGenerator<Finding> {
  for (const check of checks) {
    const { id, promise, does } = check;
    const startedMs = performance.now();
    const reason = reasonToLeaveOut(check, target, choice);
    const told =
      reason === undefined
        ? await outcomeOf(check, target)
        : ({ outcome: 'left out', answered: reason } as const);
    target.signal.throwIfAborted();
    yield {
      check: id,
      promise,
      outcome: told.outcome,
      seconds: Math.round((performance.now() - startedMs) / 100) / 10,
      did: reason === undefined ? does : '',
      answered: told.answered,
      ...(told.outcome === 'no' && { toDo: check.advice }),
    };
  }
}

function reasonToLeaveOut(
  { id, isSwitchedOn, leftOut }: Check,
  target: Target,
  { names, all }: Choice,
): string | undefined {
  const reason = leftOut?.(target);
  if (reason !== undefined) return reason;
  const isWanted = all || names.includes(id) || (isSwitchedOn?.(target.settings) ?? true);
  return isWanted
    ? undefined
    : `not switched on in this stack: --all, or the name ${id}, runs it nevertheless`;
}

async function outcomeOf(
  { run, lacking }: Check,
  target: Target,
): Promise<Pick<Finding, 'outcome' | 'answered'>> {
  if (target.isEmulated && lacking !== undefined)
    return { outcome: 'could not tell', answered: `the emulator has no ${lacking}` };
  try {
    return { outcome: 'yes', answered: await run(target) };
  } catch (error) {
    if (error instanceof Broken) return { outcome: 'no', answered: error.message };
    return { outcome: 'could not tell', answered: explain(error as Error) };
  }
}
