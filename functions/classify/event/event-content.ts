/** The content of an event: the images to label, and the records that need no label. */
import type { ImageRef } from './image-ref.ts';

export interface EventContent {
  readonly images: readonly ImageRef[];
  readonly ignored: readonly IgnoredRecord[];
}

/** A record without an image to label. */
export interface IgnoredRecord {
  readonly reason: IgnoreReason;
  readonly bucket?: string;
  readonly key?: string;
}

/** Reasons for which the log says that a record was ignored; docs/operations.md explains each. */
export const ignoreReasons = [
  /** An empty object whose key ends in `/`, as consoles create it for a folder. */
  'folder',
  /** The object was deleted or has expired. */
  'deletion',
  /** Another S3 event, such as a restore or changed tags. */
  'not-an-upload',
  /** A later upload to the same key is in the same batch. */
  'overtaken',
  /** S3 sends one when a notification is configured. */
  'test-event',
  /** The event has no records. */
  'no-records',
] as const;

export type IgnoreReason = (typeof ignoreReasons)[number];

/** Separates images from ignored records; an event without any record is ignored as a whole. */
export function contentOf(records: readonly (ImageRef | IgnoredRecord)[]): EventContent {
  if (records.length === 0) return { images: [], ignored: [{ reason: 'no-records' }] };
  return {
    images: records.filter((record): record is ImageRef => !isIgnored(record)),
    ignored: records.filter(isIgnored),
  };
}

function isIgnored(record: ImageRef | IgnoredRecord): record is IgnoredRecord {
  return 'reason' in record;
}
