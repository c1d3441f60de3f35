/** The photos of the bucket, each with the function's answer. */
import { paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import { decodeKey } from '../../../functions/classify/event/s3-event.ts';
import { type Answer, readAnswer } from './answer.ts';

export interface Photo {
  readonly key: string;
  /** Milliseconds since 1970. */
  readonly storedAt: number;
  /** Answer of the bucket's own function. */
  readonly answer: Answer;
  /** Answer of the model compared with it. */
  readonly comparison?: Answer;
}

export interface Photos {
  /** Stores a photo and notifies the watchers. */
  readonly update: (photo: Photo) => void;
  readonly get: (key: string) => Photo | undefined;
  /** The photos that wait for the function. */
  readonly waiting: () => Photo[];
  /** All photos in the bucket, oldest first. */
  readonly list: () => Promise<Photo[]>;
  readonly watch: (watcher: (photo: Photo) => void) => void;
}

export function createPhotos(s3: S3Client, bucket: string): Photos {
  const known = new Map<string, Photo>();
  const watchers: ((photo: Photo) => void)[] = [];

  const read = async (key: string, storedAt: number): Promise<Photo> => {
    const photo = { key, storedAt, answer: await readAnswer(s3, { Bucket: bucket, Key: key }) };
    if (!known.has(key)) known.set(key, photo);
    return photo;
  };
  return {
    update: (photo) => {
      known.set(photo.key, photo);
      for (const watcher of watchers) watcher(photo);
    },
    get: (key) => known.get(key),
    waiting: () => [...known.values()].filter(({ answer }) => answer.status === 'waiting'),
    list: async () => {
      const objects = await listObjects(s3, bucket);
      const photos = await Promise.all(
        objects.map(({ key, storedAt }) => known.get(key) ?? read(key, storedAt)),
      );
      // Some may have changed while others were read.
      return photos.map((photo) => known.get(photo.key)!).sort((a, b) => a.storedAt - b.storedAt);
    },
    watch: (watcher) => {
      watchers.push(watcher);
    },
  };
}

/** Consoles represent a folder by an empty object whose key ends in a slash. */
export function isFolder(key: string): boolean {
  return key.endsWith('/');
}

interface StoredObject {
  readonly key: string;
  /** Milliseconds since 1970. */
  readonly storedAt: number;
}

async function listObjects(s3: S3Client, bucket: string): Promise<StoredObject[]> {
  const objects: StoredObject[] = [];
  // XML cannot hold every character of a key.
  const request = { Bucket: bucket, EncodingType: 'url' } as const;
  for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, request))
    for (const { Key, LastModified } of Contents)
      objects.push({ key: decodeKey(Key!), storedAt: Number(LastModified) });
  return objects.filter(({ key }) => !isFolder(key));
}

/** Resolves when the photos that wait now have been answered, or when the signal is aborted. */
export function finishWaiting(
  { waiting, watch }: Pick<Photos, 'waiting' | 'watch'>,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve) => {
    const unfinished = new Set(waiting().map(({ key }) => key));
    if (unfinished.size === 0 || signal.aborted) return resolve();
    signal.addEventListener('abort', () => resolve());
    watch(({ key, answer }) => {
      if (answer.status !== 'waiting') unfinished.delete(key);
      if (unfinished.size === 0) resolve();
    });
  });
}
