/** Writes labels into an object's metadata by copying it onto itself, and changes nothing but our own keys. */
import { isDeepStrictEqual } from 'node:util';
import {
  ChecksumAlgorithm,
  CopyObjectCommand,
  type CopyObjectCommandInput,
  HeadObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { ImageRef } from '../event/image-ref.ts';
import { labelledState, markOf, modelId } from '../object/mark.ts';
import type { ObjectHead } from '../object/object-head.ts';
import { isGone } from '../object/open-object.ts';
import { writeUnlessSuperseded } from './conditional-write.ts';
import { copyObstacle, ourKeys } from './copy-obstacle.ts';
import { signSentBytes } from './header-bytes.ts';
import type { Labels, WriteBack } from './labels.ts';

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html: keys and values together.
const maxMetadataBytes = 2048;

/**
 * Writes labels into an object's user metadata, on condition that the key still holds the classified bytes. Everything else
 * that S3 returns about the object is sent again, because a copy with REPLACE would drop it.
 *
 * @param head from the GetObject that returned the classified bytes.
 * @throws S3ServiceException for throttling, conflicts and other errors that outlast the retries.
 */
export async function writeMetadata(
  s3: S3Client,
  ref: ImageRef,
  head: ObjectHead,
  labels: Labels,
  abortSignal: AbortSignal,
): Promise<Exclude<WriteBack, 'failed'>> {
  if (!ref.isRequested) {
    const { model, metadataPrefix, contentMd5 } = labels;
    const state = labelledState(model, ref, head, metadataPrefix, contentMd5);
    if (state) return state === 'by-model' ? 'written' : 'skipped';
  }
  if (copyObstacle(head, labels.metadataPrefix)) return 'skipped';
  const ours = labelMetadata(ref, head, labels);
  if (!ours) return 'too-large';
  const metadata = { ...withoutOurs(head.Metadata, labels.metadataPrefix), ...ours };
  if (isDeepStrictEqual(metadata, head.Metadata)) return 'written';
  const command = copyOntoItself(ref, head, metadata);
  const outcome = await writeUnlessSuperseded(() => s3.send(command, { abortSignal }), abortSignal);
  return outcome === 'superseded' && (await hasArrived(s3, ref, ours, abortSignal)) ? 'written' : outcome;
}

/** True if a copy was made whose response was lost: the client's retry then meets another ETag, or another version. */
async function hasArrived(
  s3: S3Client,
  { bucket: Bucket, key: Key }: ImageRef,
  ours: Readonly<Record<string, string>>,
  abortSignal: AbortSignal,
): Promise<boolean> {
  try {
    const { Metadata = {} } = await s3.send(new HeadObjectCommand({ Bucket, Key }), { abortSignal });
    return Object.entries(ours).every(([key, value]) => Metadata[key] === value);
  } catch (error) {
    if (isGone(error)) return false;
    throw error;
  }
}

/**
 * Our metadata keys and values for an object, in printable ASCII. The least likely labels are left out until the rest fits
 * next to the user's own metadata.
 *
 * @returns undefined if not even one label fits.
 */
export function labelMetadata(
  ref: ImageRef,
  head: ObjectHead,
  { predictions, general, model, metadataPrefix, contentMd5 }: Labels,
): Record<string, string> | undefined {
  const keys = ourKeys(metadataPrefix);
  const metadataWith = (texts: readonly string[]) => ({
    [keys.labels]: texts.join(','),
    ...(general && { [keys.general]: encodeScored(general) }),
    [keys.model]: modelId(model),
    [keys.mark]: markOf(ref, head, model, metadataPrefix, contentMd5),
  });
  const usersBytes = countBytes(withoutOurs(head.Metadata, metadataPrefix));
  const room = maxMetadataBytes - usersBytes - countBytes(metadataWith([]));
  const texts = predictions.map(encodeScored);
  const fitting = texts.slice(0, countThatFit(texts, room));
  const fits = room >= 0 && (fitting.length > 0 || texts.length === 0);
  return fits ? metadataWith(fitting) : undefined;
}

/** Number of leading texts that fit into so many bytes, joined with commas. */
function countThatFit(texts: readonly string[], bytes: number): number {
  let end = -1;
  const first = texts.findIndex((text) => {
    end += 1 + text.length;
    return end > bytes;
  });
  return first === -1 ? texts.length : first;
}

function encodeScored({ label, score }: { label: string; score: number }): string {
  return `${encodeLabel(label)}=${score.toFixed(4)}`;
}

/** Percent-encodes everything but printable ASCII, and the two separators; `decodeURIComponent` decodes it. */
function encodeLabel(label: string): string {
  return label.toWellFormed().replaceAll(/[^!-~]|[%,=]/gu, (character) => encodeURIComponent(character));
}

function withoutOurs(metadata: Record<string, string> = {}, prefix: string): Record<string, string> {
  const ours = new Set(Object.values(ourKeys(prefix)));
  return Object.fromEntries(Object.entries(metadata).filter(([key]) => !ours.has(key)));
}

function countBytes(metadata: Record<string, string>): number {
  return Object.entries(metadata).reduce(
    (sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value),
    0,
  );
}

/** REPLACE drops every property that is not sent again: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html */
function copyOntoItself(
  ref: ImageRef,
  head: ObjectHead,
  metadata: Record<string, string>,
): CopyObjectCommand {
  const checksum = checksumAlgorithm(head);
  const input: CopyObjectCommandInput = {
    Bucket: ref.bucket,
    Key: ref.key,
    CopySource: copySource(ref, head.VersionId),
    CopySourceIfMatch: head.ETag,
    IfMatch: head.ETag,
    MetadataDirective: 'REPLACE',
    Metadata: metadata,
    ContentType: head.ContentType,
    ContentEncoding: head.ContentEncoding,
    ContentLanguage: head.ContentLanguage,
    ContentDisposition: head.ContentDisposition,
    CacheControl: head.CacheControl,
    WebsiteRedirectLocation: head.WebsiteRedirectLocation,
    StorageClass: head.StorageClass,
    ServerSideEncryption: head.ServerSideEncryption,
    SSEKMSKeyId: head.SSEKMSKeyId,
    BucketKeyEnabled: head.BucketKeyEnabled,
    ObjectLockMode: head.ObjectLockMode,
    ObjectLockRetainUntilDate: head.ObjectLockRetainUntilDate,
    ObjectLockLegalHoldStatus: head.ObjectLockLegalHoldStatus,
    ObjectLockEventHold: head.ObjectLockEventHold,
    ObjectLockEventHoldDurationDays: head.ObjectLockEventHoldDurationDays,
    ObjectLockEventHoldDurationYears: head.ObjectLockEventHoldDurationYears,
    ...(checksum && { ChecksumAlgorithm: checksum }),
  };
  const command = new CopyObjectCommand(input);
  signSentBytes(command);
  if (head.ExpiresString !== undefined) keepExpires(command, head.ExpiresString);
  return command;
}

// The client accepts a Date only, but an object's Expires may be any text, which is sent as it came.
function keepExpires(command: CopyObjectCommand, expires: string): void {
  command.middlewareStack.add(
    (next) => (args) => {
      const request = args.request as { headers: Record<string, string> };
      request.headers.expires = expires;
      return next(args);
    },
    { step: 'build', name: 'keepExpires' },
  );
}

function copySource({ bucket, key }: ImageRef, versionId: string | undefined): string {
  return `${bucket}/${key.split('/').map(encodeURIComponent).join('/')}${versionId ? `?versionId=${encodeURIComponent(versionId)}` : ''}`;
}

function checksumAlgorithm(head: ObjectHead): ChecksumAlgorithm | undefined {
  return Object.values(ChecksumAlgorithm).find((name) => head[`Checksum${name}`] !== undefined);
}
