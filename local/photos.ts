/** What the page shows: the objects of the bucket, and what became of each. */
import { type _Object, HeadObjectCommand, ListObjectsCommand, type S3Client } from '@aws-sdk/client-s3';
import type { PredictionEvent } from '../functions/classify/publish.ts';
import { type Label, labelsInMetadata } from './object-labels.ts';

export type Photo = { readonly key: string } & (
  | { readonly status: 'waiting' | 'unlabelled' }
  | { readonly status: 'classified'; readonly labels: readonly Label[]; readonly general?: Label }
  | { readonly status: 'rejected' | 'failed'; readonly reason: string }
);

export interface Photos {
  /** Remembers what became of a photo, and tells it to those who watch. */
  readonly update: (photo: Photo) => void;
  /** What was remembered last. */
  readonly get: (key: string) => Photo | undefined;
  /** All that are in the bucket, oldest first. */
  readonly list: () => Promise<Photo[]>;
  /** @returns A function that ends the watch. */
  readonly watch: (watcher: (photo: Photo) => void) => () => void;
}

export const createPhotos = (s3: S3Client, bucket: string): Photos => {
  const known = new Map<string, Photo>();
  const watchers = new Set<(photo: Photo) => void>();
  return {
    update: (photo) => {
      known.set(photo.key, photo);
      for (const watcher of watchers) watcher(photo);
    },
    get: (key) => known.get(key),
    list: async () => {
      const keys = await listKeys(s3, bucket);
      return Promise.all(keys.map(async (key) => known.get(key) ?? (await readPhoto(s3, bucket, key))));
    },
    watch: (watcher) => {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
  };
};

/** Consoles make folders visible by an empty object whose key ends so. */
export const isFolder = (key: string): boolean => key.endsWith('/');

/** A prediction event as the page shows it. */
export const toPhoto = ({ detailType, detail }: PredictionEvent): Photo => {
  const { key } = detail;
  if (detailType === 'Image Skipped') return { key, status: 'unlabelled' };
  if (detailType === 'Image Rejected') {
    return { key, status: 'rejected', reason: `${detail.error.name}: ${detail.error.message}` };
  }
  return classified(key, detail.predictions, detail.general);
};

/** Oldest first, without folders. */
const listKeys = async (s3: S3Client, bucket: string): Promise<string[]> => {
  const objects: _Object[] = [];
  // Not ListObjectsV2: s3rver encrypts where a page ends with DES, which OpenSSL 3 does not have any more.
  for (let isTruncated = true; isTruncated; ) {
    const page = await s3.send(new ListObjectsCommand({ Bucket: bucket, Marker: objects.at(-1)?.Key }));
    objects.push(...(page.Contents ?? []));
    isTruncated = page.IsTruncated ?? false;
  }
  return objects
    .sort((a, b) => Number(a.LastModified) - Number(b.LastModified))
    .map(({ Key }) => Key!)
    .filter((key) => !isFolder(key));
};

/** Of an earlier session, only what stands in the object's metadata is known. */
const readPhoto = async (s3: S3Client, bucket: string, key: string): Promise<Photo> => {
  const { Metadata = {} } = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
  const labelled = labelsInMetadata(Metadata, 'labels');
  return labelled ? classified(key, labelled.labels, labelled.general) : { key, status: 'unlabelled' };
};

const classified = (key: string, labels: readonly Label[], general: Label | undefined): Photo => ({
  key,
  status: 'classified',
  labels,
  // Where the likeliest class is sure by itself, it is the general label too.
  ...(general && general.label !== labels[0]?.label && { general }),
});
