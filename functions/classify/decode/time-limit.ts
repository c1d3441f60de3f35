/** Limits the time of synchronous work. V8 itself interrupts JavaScript and WebAssembly: no thread, no copy. */
import { createContext, Script } from 'node:vm';

/** The work took longer than its limit. */
export class TimeIsUp extends Error {
  override readonly name = 'TimeIsUp';
}

/**
 * Runs `work` for at most `limitMs`. Interrupted work runs no `catch` or `finally`, so its state may be inconsistent.
 *
 * @throws {TimeIsUp} the work took longer; and whatever `work` throws
 */
export function runWithin<T>(limitMs: number, work: () => T): T {
  context ??= createContext({});
  context.work = work;
  try {
    return callWork.runInContext(context, { timeout: Math.max(1, Math.ceil(limitMs)) });
  } catch (error) {
    // The error belongs to the context's realm, so `instanceof` does not match.
    throw (error as { code?: unknown } | null)?.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
      ? new TimeIsUp(`not done in ${limitMs} ms`)
      : error;
  } finally {
    context.work = undefined;
  }
}

const callWork = new Script('work()');

let context: { work?: unknown } | undefined;
