/** What the page shows: the objects of the bucket, and what became of each. */
import { HeadObjectCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import type { PredictionEvent } from '../functions/classify/publish.ts';

export interface Label {
  readonly label: string;
  /** Probability, 0..1. */
  readonly score: number;
}

export type Photo = { readonly key: string } & (
  | { readonly status: 'waiting' | 'unlabelled' }
  | { readonly status: 'classified'; readonly labels: readonly Label[] }
  | { readonly status: 'rejected' | 'failed'; readonly reason: string }
);

export interface Photos {
  /** Remembers what became of a photo, and tells it to those who watch. */
  readonly update: (photo: Photo) => void;
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
    list: async () => {
      const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket }));
      const keys = Contents.sort((a, b) => Number(a.LastModified) - Number(b.LastModified)).map(
        ({ Key }) => Key!,
      );
      return Promise.all(keys.map(async (key) => known.get(key) ?? (await readPhoto(s3, bucket, key))));
    },
    watch: (watcher) => {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
  };
};

/** A prediction event as the page shows it. */
export const toPhoto = ({ detailType, detail }: PredictionEvent): Photo =>
  detailType === 'Image Classified'
    ? { key: detail.key, status: 'classified', labels: detail.predictions }
    : { key: detail.key, status: 'rejected', reason: `${detail.error.name}: ${detail.error.message}` };

/** Of an earlier session, only what stands in the object's metadata is known. */
const readPhoto = async (s3: S3Client, bucket: string, key: string): Promise<Photo> => {
  const { Metadata = {} } = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
  if (!Metadata.labels) return { key, status: 'unlabelled' };
  const labels = Metadata.labels.split(',').map((entry) => {
    const [label = '', score] = entry.split('=');
    return { label: decodeURIComponent(label), score: Number(score) };
  });
  return { key, status: 'classified', labels };
};
