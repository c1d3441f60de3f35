/** Removes a run's objects with all their versions, locks and unfinished uploads, and those of runs that could not. */
import {
  AbortMultipartUploadCommand,
  DeleteObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  PutObjectLegalHoldCommand,
  paginateListObjectsV2,
  type S3Client,
} from '@aws-sdk/client-s3';
import { decodeKey } from '../../../functions/classify/event/s3-event.ts';
import type { Deployment } from '../aws/deployment.ts';
import { abandonedAfterMs } from '../aws/feed-leftovers.ts';
import { feedNamePrefix, isFeedName } from '../aws/prediction-feed.ts';
import { explain } from '../failure.ts';
import type { Settings } from './target.ts';

interface Stored {
  readonly Key: string;
  readonly VersionId?: string;
  readonly lastModified: Date;
}

type Kind = Pick<Settings, 'versioned' | 'objectLock'>;

const parallel = 8;

/**
 * Removes all objects under a prefix, and all of their versions: also those in a bucket with suspended versioning, or whose
 * versioning cannot be read.
 *
 * @returns The number of objects, in a versioned bucket that of versions.
 */
export async function removeObjects(
  s3: S3Client,
  bucket: string,
  prefix: string,
  kind: Kind,
): Promise<number> {
  await abortUploads(s3, bucket, prefix);
  const objects = await listObjects(s3, bucket, prefix, kind.versioned ?? false);
  let leavesVersions = false;
  for (let at = 0; at < objects.length; at += parallel) {
    const removals = objects.slice(at, at + parallel).map((object) => remove(s3, bucket, object, kind));
    const deleted = await Promise.all(removals);
    leavesVersions ||= deleted.some((leftMarker) => leftMarker);
  }
  return leavesVersions ? removeVersions(s3, bucket, prefix, kind) : objects.length;
}

/** @throws Error that says what stays. */
async function removeVersions(s3: S3Client, bucket: string, prefix: string, kind: Kind): Promise<number> {
  try {
    return await removeObjects(s3, bucket, prefix, { ...kind, versioned: true });
  } catch (error) {
    throw new Error(`their versions stay, behind delete markers: ${explain(error as Error)}`);
  }
}

/** @returns True if S3 has put a delete marker in front of the object, which therefore still exists. */
async function remove(
  s3: S3Client,
  bucket: string,
  { Key, VersionId }: Stored,
  { objectLock }: Kind,
): Promise<boolean> {
  const version = { Bucket: bucket, Key, ...(VersionId && { VersionId }) };
  if (objectLock) await release(s3, version);
  const { DeleteMarker = false } = await s3.send(
    new DeleteObjectCommand({ ...version, ...(objectLock && { BypassGovernanceRetention: true }) }),
  );
  return DeleteMarker && !VersionId;
}

/** Ends the legal hold that the check of locks has set; delete markers and other objects have none. */
async function release(
  s3: S3Client,
  version: { readonly Bucket: string; readonly Key: string },
): Promise<void> {
  await s3.send(new PutObjectLegalHoldCommand({ ...version, LegalHold: { Status: 'OFF' } })).catch(() => {});
}

async function abortUploads(s3: S3Client, Bucket: string, Prefix: string): Promise<void> {
  const { Uploads = [] } = await s3.send(new ListMultipartUploadsCommand({ Bucket, Prefix }));
  for (const { Key, UploadId } of Uploads)
    await s3.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
}

async function listObjects(
  s3: S3Client,
  Bucket: string,
  Prefix: string,
  versioned: boolean,
): Promise<Stored[]> {
  const found: Stored[] = [];
  // Control characters in keys are no XML.
  const request = { Bucket, Prefix, EncodingType: 'url' } as const;
  // Emulators may ignore the encoding; the response says so.
  const add = (listed: readonly Listed[] = [], encoding: string | undefined) => {
    for (const { Key = '', VersionId, LastModified = new Date() } of listed) {
      const key = encoding === 'url' ? decodeKey(Key) : Key;
      found.push({ Key: key, lastModified: LastModified, ...(VersionId && { VersionId }) });
    }
  };
  if (!versioned) {
    for await (const { Contents, EncodingType } of paginateListObjectsV2({ client: s3 }, request))
      add(Contents, EncodingType);
    return found;
  }
  let next: { readonly KeyMarker?: string | undefined; readonly VersionIdMarker?: string | undefined } = {};
  do {
    const page = await s3.send(new ListObjectVersionsCommand({ ...request, ...next }));
    add(page.Versions, page.EncodingType);
    add(page.DeleteMarkers, page.EncodingType);
    next = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker };
  } while (next.KeyMarker);
  return found;
}

interface Listed {
  readonly Key?: string | undefined;
  readonly VersionId?: string | undefined;
  readonly LastModified?: Date | undefined;
}

/**
 * Removes the objects of earlier runs that have written nothing for a quarter of an hour, and so are not running any more.
 *
 * @returns The names of these runs.
 */
export async function removeLeftovers(
  s3: S3Client,
  { BucketName, KeyPrefix }: Pick<Deployment, 'BucketName' | 'KeyPrefix'>,
  kind: Kind,
): Promise<string[]> {
  const newest = new Map<string, number>();
  const start = `${KeyPrefix}${feedNamePrefix('verify')}`;
  for (const { Key, lastModified } of await listObjects(s3, BucketName, start, kind.versioned ?? false)) {
    const [run = '', ...below] = Key.slice(KeyPrefix.length).split('/');
    if (below.length > 0 && isFeedName('verify', run))
      newest.set(run, Math.max(newest.get(run) ?? 0, lastModified.getTime()));
  }
  const abandoned = [...newest].filter(([, ms]) => Date.now() - ms > abandonedAfterMs).map(([run]) => run);
  for (const run of abandoned) await removeObjects(s3, BucketName, `${KeyPrefix}${run}/`, kind);
  return abandoned;
}
