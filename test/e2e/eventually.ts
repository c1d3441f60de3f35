/** Waits for asynchronous effects. */
import { setTimeout as sleep } from 'node:timers/promises';

const patienceMs = 40_000;
const pauseMs = 50;

/**
 * Polls until there is a value.
 *
 * @param subject Names the awaited thing in the error message.
 * @throws Error if there is still none after 40 seconds.
 */
export async function eventually<Found>(
  subject: string,
  look: () => Promise<Found | undefined>,
): Promise<Found> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`${subject}: not there after ${patienceMs / 1000} s`);
    await sleep(pauseMs);
  }
}
