/** ImageRef -> the object as S3 has it: what it says of it, and its bytes, within the limits. */
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
import { isRenamedCopy, unquote } from './mark.ts';
import type { ObjectHead } from './object-head.ts';

/** An object whose head has arrived and whose body has not been read. Read it or discard it. */
export interface OpenObject {
  readonly head: ObjectHead;
  /** Whether the key holds these bytes now; if not, they are those of an older version. */
  readonly isCurrent: boolean;
  /** @throws {EmptyObject | ImageTooLarge} before anything is read, if the body has no bytes or more than `maxBytes`. */
  readonly read: (limits: Pick<DecodeLimits, 'maxBytes'>) => Promise<Uint8Array>;
  readonly discard: () => void;
}

/**
 * Opens the object that an event is about, never a later upload to the same key.
 * On a versioned bucket its bytes can be had even when the key has moved on.
 *
 * @param metadataPrefix Of the mark by which our own copy of the bytes is known.
 * @param abortSignal Ends the reading of the body, too.
 * @returns undefined if the bytes are gone: deleted, or overwritten by an upload that raises its own event.
 * @throws {UnreadableObject} archived, or encrypted with a key that only its owner has
 * @throws {S3ServiceException} for anything that may pass
 */
export async function openObject(
  s3: S3Client,
  ref: ImageRef,
  metadataPrefix: string,
  abortSignal: AbortSignal,
): Promise<OpenObject | undefined> {
  const isMeant = (head: ObjectHead): boolean =>
    ref.eTag === undefined
      ? ref.versionId === undefined || ref.versionId === head.VersionId
      : unquote(head.ETag) === ref.eTag || isRenamedCopy(ref, head, metadataPrefix);

  const current = await getUnlessGone(s3, ref, {}, abortSignal);
  if (current && isMeant(current.head)) return { ...current, isCurrent: true };
  current?.discard();
  if (ref.versionId === undefined) return undefined;
  const older = await getUnlessGone(s3, ref, { VersionId: ref.versionId }, abortSignal);
  return older && { ...older, isCurrent: false };
}

async function getUnlessGone(
  s3: S3Client,
  { bucket: Bucket, key: Key }: ImageRef,
  version: Pick<GetObjectCommandInput, 'VersionId'>,
  abortSignal: AbortSignal,
): Promise<Omit<OpenObject, 'isCurrent'> | undefined> {
  // The checksums tell which algorithm the write-back has to keep.
  const command = new GetObjectCommand({ Bucket, Key, ...version, ChecksumMode: 'ENABLED' });
  keepProto(command);
  try {
    const { Body, $metadata: _, ...head } = await s3.send(command, { abortSignal });
    // A GetObject that succeeds has a body, of empty objects too; on Node it is a stream of Node's.
    return { head, ...reader(head, Body as Readable) };
  } catch (error) {
    if (isGone(error)) return undefined;
    throw asRejection(error) ?? error;
  }
}

// The client takes the metadata key `__proto__` for the prototype of what it makes of them, so that the write-back would
// lose it.
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

function reader({ ContentLength }: ObjectHead, body: Readable): Pick<OpenObject, 'read' | 'discard'> {
  // A connection that is lost before anybody reads must fail the reading, not the process.
  body.on('error', () => {});
  return {
    read: async (limits) => {
      try {
        checkBytes(ContentLength!, limits);
        return await readAll(body, ContentLength!);
      } finally {
        body.destroy();
      }
    },
    discard: () => {
      body.destroy();
    },
  };
}

/** Into one array: pieces that are joined in the end take twice the memory. A body that breaks off throws. */
async function readAll(body: AsyncIterable<Uint8Array>, length: number): Promise<Uint8Array> {
  const bytes = Buffer.alloc(length);
  let at = 0;
  for await (const chunk of body) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

/** What no retry can read; all other refusals may pass, or an operator can mend them. */
function asRejection(error: unknown): UnreadableObject | undefined {
  if (!(error instanceof S3ServiceException)) return undefined;
  if (error.name === 'InvalidObjectState') {
    return new UnreadableObject(
      'its storage class is an archive; restore it and copy it onto itself to have it labelled',
    );
  }
  // S3 has no code of its own for it.
  if (error.name === 'InvalidRequest' && /server.side encryption/i.test(error.message)) {
    return new UnreadableObject(
      'it is encrypted with a key that only its owner has (SSE-C); use SSE-S3 or SSE-KMS',
    );
  }
  return undefined;
}

/** Whether S3 says, when asked for an object, that it is not there any more: also by 405, for a delete marker. */
export function isGone(error: unknown): boolean {
  return isOtherwise(error) || hasStatus(error, 405);
}

/** Whether S3 says that an object is not there, or not as a condition has it: 404 and 412. */
export function isOtherwise(error: unknown): boolean {
  return hasStatus(error, 404) || hasStatus(error, 412);
}

function hasStatus(error: unknown, status: number): boolean {
  return (
    error instanceof S3ServiceException &&
    error.name !== 'NoSuchBucket' &&
    error.$metadata.httpStatusCode === status
  );
}
