/** Uploads files into the bucket, a few at a time, and tracks their progress. */
import { encodeKey } from './addresses.ts';
import type { Entries } from './entries.ts';

export interface Source {
  readonly key: string;
  readonly read: () => Promise<Blob>;
}

export interface Uploads {
  readonly add: (sources: readonly Source[]) => void;
  /** Retries a failed upload. */
  readonly retry: (key: string) => void;
}

// Browsers open six connections per server; the feed takes one, and pictures need some.
const atOnce = 3;

export function createUploads(entries: Entries): Uploads {
  const queue: Source[] = [];
  const failed = new Map<string, Source>();
  let running = 0;

  const upload = async (source: Source): Promise<void> => {
    const { key, read } = source;
    try {
      await send(key, await read(), (sent) => entries.setUpload(key, { sent }));
      entries.endUpload(key);
    } catch (error) {
      failed.set(key, source);
      entries.setUpload(key, { sent: 0, failure: (error as Error).message });
    }
  };
  const runNext = async (): Promise<void> => {
    const next = running < atOnce ? queue.shift() : undefined;
    if (!next) return;
    running++;
    await upload(next);
    running--;
    runNext();
  };
  const add = (sources: readonly Source[]): void => {
    // One time for all, so that they keep their order.
    const addedAt = Date.now();
    for (const source of sources) {
      queue.push(source);
      entries.beginUpload(source.key, addedAt);
      runNext();
    }
  };
  return {
    add,
    retry: (key) => {
      const source = failed.get(key);
      failed.delete(key);
      if (source) add([source]);
    },
  };
}

/** Uses XMLHttpRequest because fetch reports no upload progress. */
function send(key: string, body: Blob, onProgress: (sent: number) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('PUT', `/photos/${encodeKey(key)}`);
    request.upload.addEventListener('progress', ({ loaded, total }) => onProgress(loaded / total));
    request.addEventListener('load', () => {
      if (request.status < 300) resolve();
      else reject(new Error(request.responseText.trim()));
    });
    request.addEventListener('error', () => reject(new Error('The playground did not respond.')));
    request.send(body);
  });
}
