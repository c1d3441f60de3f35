/** Checks the state after a run: whatever went wrong on the way, every key must end as if nothing had. */
import type { PredictionEvent } from '../../../functions/classify/publish/publish.ts';
import { checkEvents, checkObject, type Fault, type Finding, type StoredObject } from '../load/faults.ts';
import type { Step } from './plan.ts';

export interface Outcome {
  readonly steps: readonly Step[];
  readonly events: readonly PredictionEvent[];
  /** The bucket's objects at the end, by key. */
  readonly objects: ReadonlyMap<string, StoredObject>;
}

/**
 * Finds everything that is not as it should be: lost events, labels, bytes or metadata, labels of other bytes, and deleted
 * objects that came back. An upload may have more than one event: delivery is at least once.
 */
export function findDisorder({ steps, events, objects }: Outcome): Fault[] {
  const keys = [...new Set(steps.map(({ key }) => key))];
  return keys.flatMap((key) => {
    const stepsOfKey = steps.filter((step) => step.key === key);
    const last = stepsOfKey.at(-1)!;
    const uploads = stepsOfKey.filter((step) => step.kind === 'upload');
    const eventsOfKey = events.filter(({ detail }) => detail.key === key);
    const fromEvents = checkEvents(uploads, eventsOfKey);
    const findings: Finding[] =
      last.kind === 'delete'
        ? [
            // Its event may have been cancelled by the deletion.
            ...fromEvents.filter(([kind]) => kind !== 'lost'),
            ...(objects.has(key) ? [['damaged', 'a deleted object came back'] as const] : []),
          ]
        : [...fromEvents, ...checkObject(last, objects.get(key))];
    return findings
      .filter(([kind]) => kind !== 'doubled')
      .map(([kind, found]): Fault => ({ kind, key, found }));
  });
}
