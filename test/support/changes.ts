/** Waiting for what others do: whoever does something tells of it, so that nobody has to look again and again. */
import { EventEmitter, once } from 'node:events';

export interface Changes {
  readonly tell: () => void;
  /** Waits until something is so, and looks whenever something has changed; an abort ends it with an error. */
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
