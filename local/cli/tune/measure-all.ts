/** All architectures of a run, one after the other. */
import { onInterruption } from '../interruption.ts';
import { startProgress } from '../progress.ts';
import { measureArchitecture, type Observer, type Plan } from './measure-architecture.ts';
import type { Architecture } from './price.ts';
import type { Row } from './results.ts';
import type { TuneClients } from './stack.ts';

/**
 * Measures the architectures, and shows the progress. On an interruption, the stack is removed before the process ends.
 *
 * @param invocations Expected in all.
 * @throws as `measureArchitecture` does.
 */
export async function measureAll(
  clients: TuneClients,
  chosen: readonly Architecture[],
  plan: Plan,
  { invocations, log }: { readonly invocations: number; readonly log: Observer['log'] },
): Promise<Row[]> {
  const stop = new AbortController();
  let ended = () => {};
  const hasEnded = new Promise<void>((resolve) => {
    ended = resolve;
  });
  const forget = onInterruption(async ({ repeated }) => {
    stop.abort(new Error('interrupted'));
    const insisted = new Promise<void>((resolve) => {
      repeated.addEventListener('abort', () => {
        log('The stack is still there; to remove it: npx bucketlens tune --remove');
        resolve();
      });
    });
    await Promise.race([hasEnded, insisted]);
  });
  const progress = startProgress('{value} of {total} invocations');
  let done = 0;
  const onInvocation = () => {
    progress.update(++done, invocations);
    stop.signal.throwIfAborted();
  };
  const rows: Row[] = [];
  try {
    for (const architecture of chosen) {
      stop.signal.throwIfAborted();
      rows.push(...(await measureArchitecture(clients, architecture, plan, { onInvocation, log })));
    }
    return rows;
  } finally {
    progress.end();
    forget();
    ended();
  }
}
