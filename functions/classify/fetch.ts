/** ImageRef -> the object as S3 has it: what it says of it, and its bytes, within the limits. */
import { createHash } from 'node:crypto';
import {
  GetObjectCommand,
  type GetObjectCommandOutput,
  type S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { checkBytes, type DecodeLimits } from './decode.ts';
import type { ImageRef } from './events.ts';

/** All that GetObject tells of an object but its bytes. */
export type ObjectHead = Omit<GetObjectCommandOutput, 'Body' | '$metadata'>;

/** An object whose head has arrived and whose body has not been read. Read it or discard it. */
export interface OpenObject {
  readonly head: ObjectHead;
  /** Whether the key holds these bytes now; if not, they are those of an older version. */
  readonly isCurrent: boolean;
  /** @throws {EmptyObject | ImageTooLarge} before anything is read, if the body has no bytes or more than `maxBytes`. */
  readonly read: (limits: Pick<DecodeLimits, 'maxBytes'>) => Promise<Uint8Array>;
  readonly discard: () => Promise<void>;
}

/**
 * Opens the object that an event is about, never a later upload to the same key.
 *
 * On a versioned bucket its bytes can be had even when the key has moved on.
 *
 * @returns undefined if the bytes are gone: deleted, or overwritten by an upload that raises its own event.
 * @throws S3ServiceException for anything that may pass.
 */
export const openObject = async (s3: S3Client, ref: ImageRef): Promise<OpenObject | undefined> => {
  const { bucket: Bucket, key: Key, versionId: VersionId } = ref;
  const current = await getUnlessGone(s3, { Bucket, Key, IfMatch: `"${ref.eTag}"` });
  const response = current ?? (VersionId ? await getUnlessGone(s3, { Bucket, Key, VersionId }) : undefined);
  if (!response) return undefined;

  const { Body, $metadata: _, ...head } = response;
  const body = Body!; // A GetObject that succeeds has one, empty objects too.
  const discard = () => body.transformToWebStream().cancel();
  return {
    head,
    isCurrent: response === current,
    read: async (limits) => {
      try {
        checkBytes(head.ContentLength!, limits);
      } catch (rejection) {
        await discard();
        throw rejection;
      }
      return body.transformToByteArray();
    },
    discard,
  };
};

/**
 * Whether an event was raised by our own write-back, by the name of who raised it: a function's session bears its name.
 *
 * @returns undefined if the event does not say who.
 */
export const isRequestedBy = (functionName: string, { requester }: ImageRef): boolean | undefined =>
  requester === undefined ? undefined : requester.endsWith(`:${functionName}`);

/**
 * Whether an object is a copy that our write-back made, by the mark in its metadata: `<eTag>/<key's hash>`.
 * The hash binds the mark to its key, so that a user's copy of a labelled object to another key is classified there.
 */
export const bearsOwnMark = (ref: ImageRef, { Metadata }: ObjectHead, metadataPrefix: string): boolean =>
  ref.isCopy && (Metadata?.[`${metadataPrefix}-mark`]?.endsWith(`/${keyHash(ref)}`) ?? false);

/** First 8 hexadecimal digits of sha256(bucket/key). */
export const keyHash = ({ bucket, key }: Pick<ImageRef, 'bucket' | 'key'>): string =>
  createHash('sha256').update(`${bucket}/${key}`).digest('hex').slice(0, 8);

/** Whether S3 says that an object is not there any more, or not as it was: 404 and 412. */
export const isGone = (error: unknown): boolean =>
  error instanceof S3ServiceException &&
  error.name !== 'NoSuchBucket' &&
  [404, 412].includes(error.$metadata.httpStatusCode ?? 0);

const getUnlessGone = (
  s3: S3Client,
  input: { Bucket: string; Key: string; IfMatch?: string; VersionId?: string },
): Promise<GetObjectCommandOutput | undefined> =>
  // The checksums tell which algorithm the write-back has to keep.
  s3.send(new GetObjectCommand({ ...input, ChecksumMode: 'ENABLED' })).catch((error: unknown) => {
    if (isGone(error)) return undefined;
    throw error;
  });
