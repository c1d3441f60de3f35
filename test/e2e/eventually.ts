/** Waiting for what happens by itself. */
import { setTimeout as sleep } from 'node:timers/promises';

const patienceMs = 40_000;
const pauseMs = 50;

/**
 * Looks until there is something.
 *
 * @param what For the message.
 * @throws Error if there is still nothing after 40 seconds.
 */
export async function eventually<Found>(
  what: string,
  look: () => Promise<Found | undefined>,
): Promise<Found> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`${what}: not there after ${patienceMs / 1000} s`);
    await sleep(pauseMs);
  }
}
