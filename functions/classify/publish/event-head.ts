/** The fields that every prediction event has. */
import type { ImageRef } from '../event/image-ref.ts';
import { eTagOf } from '../object/mark.ts';
import type { ObjectHead } from '../object/object-head.ts';
import type { EventHead, ImageRejected } from './prediction-event.ts';

/** The common fields for an object that has been opened. */
export function eventHead(ref: ImageRef, head: ObjectHead, requestId: string): EventHead {
  const versionId = ref.versionId ?? head.VersionId;
  return {
    version: '1',
    bucket: ref.bucket,
    key: ref.key,
    ...(versionId !== undefined && { versionId }),
    eTag: eTagOf(ref, head),
    size: head.ContentLength ?? 0,
    requestId,
  };
}

export type RejectedHead = Omit<ImageRejected, 'image' | 'error'>;

/** The common fields for an object that S3 does not return: those that the invoking event has. */
export function headOfUnread(
  { bucket, key, versionId, eTag, size }: ImageRef,
  requestId: string,
): RejectedHead {
  return {
    version: '1',
    bucket,
    key,
    ...(versionId !== undefined && { versionId }),
    ...(eTag !== undefined && { eTag }),
    ...(size !== undefined && { size }),
    requestId,
  };
}
