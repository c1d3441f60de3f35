/** What the page shows: the photos of the bucket, and what became of each. */
import { type _Object, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import { type Answer, readAnswer } from './answer.ts';

export interface Photo {
  readonly key: string;
  /** Milliseconds since 1970. */
  readonly storedAt: number;
  /** Of the bucket's own function. */
  readonly answer: Answer;
  /** Of the model that is compared with it. */
  readonly comparison?: Answer;
}

export interface Photos {
  /** Remembers a photo, and tells it to those who watch. */
  readonly update: (photo: Photo) => void;
  /** What was remembered last. */
  readonly get: (key: string) => Photo | undefined;
  /** All that are in the bucket now, oldest first. */
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
    list: async () => {
      const objects = await listObjects(s3, bucket);
      const photos = await Promise.all(
        objects.map(({ Key, LastModified }) => known.get(Key!) ?? read(Key!, Number(LastModified))),
      );
      // Some may have been answered while others were read.
      return photos.map((photo) => known.get(photo.key)!).sort((a, b) => a.storedAt - b.storedAt);
    },
    watch: (watcher) => {
      watchers.push(watcher);
    },
  };
}

/** Consoles make folders visible by an empty object whose key ends so. */
export function isFolder(key: string): boolean {
  return key.endsWith('/');
}

async function listObjects(s3: S3Client, bucket: string): Promise<_Object[]> {
  const objects: _Object[] = [];
  for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket: bucket }))
    objects.push(...Contents);
  return objects.filter(({ Key }) => !isFolder(Key!));
}
