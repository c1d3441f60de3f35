/** ImageRef -> the object's head and its bytes, within the limits. */
import type { Readable } from 'node:stream';
import {
  GetObjectCommand,
  type GetObjectCommandInput,
  type S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import type { ImageRef } from '../event/image-ref.ts';
import type { DecodeLimits } from '../image/limits.ts';
import { checkBytes } from '../image/limits.ts';
import { UnreadableObject } from '../image/rejections.ts';
import { withoutContentEncoding } from './content-encoding.ts';
import { contentMd5, isRenamedCopy, unquote } from './mark.ts';
import type { ObjectHead } from './object-head.ts';

/** An object whose body has not been read yet. Read it or discard it. */
export interface OpenObject {
  readonly head: ObjectHead;
  /** False if the bytes are an older version's. */
  readonly isCurrent: boolean;
  /**
   * Reads the body and undoes its Content-Encoding.
   *
   * @throws {EmptyObject | ImageTooLarge} no bytes, or more than `maxBytes`, stored or decoded
   * @throws {CorruptImage | UnreadableObject} the Content-Encoding cannot be undone
   */
  readonly read: (limits: Pick<DecodeLimits, 'maxBytes'>) => Promise<StoredBytes>;
  readonly discard: () => void;
}

export interface StoredBytes {
  /** The image, without Content-Encoding. */
  readonly bytes: Uint8Array;
  /** MD5 of the bytes as S3 stores them, in hexadecimal. */
  readonly md5: string;
}

/**
 * Opens the object that an event names, never a later upload to the same key. On a versioned bucket an older version can be
 * read, too.
 *
 * @param metadataPrefix of the mark that identifies our own copy of the bytes.
 * @param abortSignal aborts reading the body, too.
 * @returns undefined if the bytes are gone: deleted, or overwritten by an upload that raises its own event.
 * @throws {UnreadableObject} archived, or encrypted with a key that only its owner has
 * @throws {S3ServiceException} errors that a retry may resolve
 */
export async function openObject(
  s3: S3Client,
  ref: ImageRef,
  metadataPrefix: string,
  abortSignal: AbortSignal,
): Promise<OpenObject | undefined> {
  const matchesRef = (head: ObjectHead): boolean =>
    ref.eTag === undefined
      ? ref.versionId === undefined || ref.versionId === head.VersionId
      : unquote(head.ETag) === ref.eTag || isRenamedCopy(ref, head, metadataPrefix);

  const current = await getUnlessGone(s3, ref, {}, abortSignal);
  if (current && matchesRef(current.head)) return { ...current, isCurrent: true };
  current?.discard();
  if (ref.versionId === undefined) return undefined;
  const older = await getUnlessGone(s3, ref, { VersionId: ref.versionId }, abortSignal);
  // While versioning is suspended, a later upload replaces the version `null`.
  if (older && matchesRef(older.head)) return { ...older, isCurrent: false };
  older?.discard();
  return undefined;
}

async function getUnlessGone(
  s3: S3Client,
  { bucket: Bucket, key: Key }: ImageRef,
  version: Pick<GetObjectCommandInput, 'VersionId'>,
  abortSignal: AbortSignal,
): Promise<Omit<OpenObject, 'isCurrent'> | undefined> {
  // The write-back keeps the checksum algorithm, which only the checksum itself shows.
  const command = new GetObjectCommand({ Bucket, Key, ...version, ChecksumMode: 'ENABLED' });
  keepProto(command);
  try {
    const { Body, $metadata: _, ...head } = await s3.send(command, { abortSignal });
    // A successful GetObject always has a body, even of an empty object; in Node.js it is a Readable.
    return { head, ...reader(head, Body as Readable) };
  } catch (error) {
    if (isGone(error)) return undefined;
    throw asRejection(error) ?? error;
  }
}

// The client assigns metadata keys to a plain object, which makes `__proto__` its prototype and loses the value.
function keepProto(command: GetObjectCommand): void {
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const { headers } = result.response as { headers: Readonly<Record<string, string>> };
      const value = headers['x-amz-meta-__proto__'];
      const metadata = result.output?.Metadata;
      if (metadata && value !== undefined)
        Object.defineProperty(metadata, '__proto__', { value, enumerable: true });
      return result;
    },
    { step: 'deserialize', name: 'keepProto', priority: 'high' },
  );
}

function reader(head: ObjectHead, body: Readable): Pick<OpenObject, 'read' | 'discard'> {
  const length = head.ContentLength!;
  // A connection lost before the body is read must fail the read, not the process.
  body.on('error', () => {});
  return {
    read: async (limits) => {
      try {
        checkBytes(length, limits);
        const stored = await readAll(body, length);
        return {
          md5: contentMd5(head, stored),
          bytes: await withoutContentEncoding(stored, head.ContentEncoding, limits),
        };
      } finally {
        body.destroy();
      }
    },
    discard: () => {
      body.destroy();
    },
  };
}

/** Reads into one preallocated buffer: concatenating chunks would double peak memory. A body that breaks off throws. */
async function readAll(body: AsyncIterable<Uint8Array>, length: number): Promise<Uint8Array> {
  const bytes = Buffer.alloc(length);
  let at = 0;
  for await (const chunk of body) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

/** Errors that no retry resolves; all others may pass, or an operator can fix them. */
function asRejection(error: unknown): UnreadableObject | undefined {
  if (!(error instanceof S3ServiceException)) return undefined;
  if (error.name === 'InvalidObjectState') {
    return new UnreadableObject(
      'its storage class is an archive; restore it, then copy it onto itself with --storage-class STANDARD (with copies=false, invoke the function with its bucket and key after that)',
    );
  }
  // S3 has no error code of its own for it.
  if (error.name === 'InvalidRequest' && /server.side encryption/i.test(error.message)) {
    return new UnreadableObject(
      'it is encrypted with a key that only its owner has (SSE-C); use SSE-S3 or SSE-KMS',
    );
  }
  return undefined;
}

/** True if a read failed because the object is deleted; S3 answers 405 for a delete marker. */
export function isGone(error: unknown): boolean {
  return isMissingOrChanged(error) || hasStatus(error, 405);
}

/** True if a request failed because the object is missing (404) or its condition does not hold (412). */
export function isMissingOrChanged(error: unknown): boolean {
  return hasStatus(error, 404) || hasStatus(error, 412);
}

function hasStatus(error: unknown, status: number): boolean {
  return (
    error instanceof S3ServiceException &&
    error.name !== 'NoSuchBucket' &&
    error.$metadata.httpStatusCode === status
  );
}
