/** Work that does not pause, within a time. V8 itself interrupts it, in JavaScript and in WebAssembly: no thread, no copy. */
import { createContext, Script } from 'node:vm';

/** The work was not done in time. */
export class TimeIsUp extends Error {
  override readonly name = 'TimeIsUp';
}

/**
 * Runs `work` to its end, or for `limitMs`. Interrupted work runs no `catch` and no `finally`: what it was changing stays
 * half changed.
 *
 * @throws {TimeIsUp} it took longer; and whatever `work` throws
 */
export function runWithin<T>(limitMs: number, work: () => T): T {
  context ??= createContext({});
  context.work = work;
  try {
    return callWork.runInContext(context, { timeout: Math.max(1, Math.ceil(limitMs)) });
  } catch (error) {
    // Of the context's own `Error`, so that `instanceof` does not know it.
    throw (error as { code?: unknown } | null)?.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
      ? new TimeIsUp(`not done in ${limitMs} ms`)
      : error;
  } finally {
    context.work = undefined;
  }
}

const callWork = new Script('work()');

let context: { work?: unknown } | undefined;
