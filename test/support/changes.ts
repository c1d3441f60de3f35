/** Waits for conditions without polling: every change is signalled. */
import { EventEmitter, once } from 'node:events';

export interface Changes {
  readonly tell: () => void;
  /** Waits for a condition, checked on every signalled change; rejects when aborted. */
  readonly until: (isSo: () => boolean, signal?: AbortSignal) => Promise<void>;
}

export function createChanges(): Changes {
  const emitter = new EventEmitter();
  return {
    tell: () => emitter.emit('change'),
    until: async (isSo, signal) => {
      while (!isSo()) await once(emitter, 'change', { ...(signal && { signal }) });
    },
  };
}
