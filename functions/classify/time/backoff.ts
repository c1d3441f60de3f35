/** Pauses between the attempts that the AWS clients do not make by themselves. */
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Waits a random time of up to 100 ms, doubled with each retry, so that competing writers come apart.
 *
 * @param retry Counted from 0.
 * @throws AbortError
 */
export async function backOff(retry: number, signal: AbortSignal): Promise<void> {
  await sleep(Math.random() * 100 * 2 ** retry, undefined, { signal });
}
