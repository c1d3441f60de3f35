/** Counts the objects that a backfill would process. */
import { paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import { isFolder } from '../../../functions/classify/event/s3-event.ts';

export interface Selection {
  readonly prefix: string;
  /** Matches any of these; empty matches every key. */
  readonly suffixes: readonly string[];
  readonly createdAfter: Date | undefined;
}

export interface Preview {
  readonly objects: number;
  readonly bytes: number;
  /** The first ten keys. */
  readonly keys: readonly string[];
}

/** Lists the whole selection, one request per thousand objects below the prefix. */
export async function previewSelection(
  s3: S3Client,
  bucket: string,
  { prefix, suffixes, createdAfter = new Date(0) }: Selection,
): Promise<Preview> {
  let objects = 0;
  let bytes = 0;
  const keys: string[] = [];
  for await (const { Contents = [] } of paginateListObjectsV2(
    { client: s3 },
    { Bucket: bucket, Prefix: prefix },
  )) {
    for (const { Key = '', Size = 0, LastModified = new Date() } of Contents) {
      const isSelected = suffixes.length === 0 || suffixes.some((suffix) => Key.endsWith(suffix));
      if (!isSelected || isFolder(Key, Size) || LastModified <= createdAfter) continue;
      objects++;
      bytes += Size;
      if (keys.length < 10) keys.push(Key);
    }
  }
  return { objects, bytes, keys };
}
