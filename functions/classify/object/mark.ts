/**
 * The mark that a write-back leaves in an object's metadata: `<eTag of the bytes that were classified>/<hash of the key>`.
 * It knows our own copies. The hash binds it to its key, so that a user's copy to another key is classified there.
 */
import { createHash } from 'node:crypto';
import type { ImageRef } from '../event/image-ref.ts';
import type { ObjectHead } from './object-head.ts';

/** The fields of a model's manifest that tell it from every other model. */
export interface ModelIdentity {
  readonly name: string;
  /** Of the network's file, in hexadecimal. */
  readonly sha256: string;
}

/** The mark of an object whose bytes have been classified. */
export function markOf(ref: ImageRef, head: ObjectHead): string {
  return `${eTagOf(ref, head)}/${keyHash(ref)}`;
}

/** The eTag, without quotes, that the bytes had when they were uploaded: a copy of ours may have another. */
export function eTagOf({ eTag }: ImageRef, { ETag }: ObjectHead): string {
  return eTag ?? unquote(ETag);
}

/** An eTag as events have it: without the quotes of headers. */
export function unquote(eTag: string | undefined): string {
  return (eTag ?? '').replaceAll('"', '');
}

/** `name/first 8 of the sha256`, as it stands in the metadata beside the mark. */
export function modelId({ name, sha256 }: ModelIdentity): string {
  return `${name}/${sha256.slice(0, 8)}`;
}

/**
 * Whether an event was raised by our own write-back, by the name of who raised it: a function's session bears its name.
 *
 * @returns undefined if the event does not say who.
 */
export function isRequestedBy(functionName: string, { requester, isCopy }: ImageRef): boolean | undefined {
  // Whoever assumes a role chooses the session's name, but uploads with it are no copies.
  return requester === undefined ? undefined : isCopy && requester.endsWith(`:${functionName}`);
}

/** Whether an event that does not say who raised it is about a copy that our write-back made: by the key's hash. */
export function bearsOwnMark(ref: ImageRef, head: ObjectHead, metadataPrefix: string): boolean {
  return ref.isCopy && readMark(head, metadataPrefix).keyHash === keyHash(ref);
}

/** Whether an object is our own copy of the bytes that an event is about, which has got another eTag by it. */
export function isRenamedCopy(ref: ImageRef, head: ObjectHead, metadataPrefix: string): boolean {
  const mark = readMark(head, metadataPrefix);
  return mark.keyHash === keyHash(ref) && mark.eTag === ref.eTag && !keepsETag(mark.eTag, head);
}

/** Whether an object bears labels of this model for the bytes it has. */
export function isLabelledBy(
  model: ModelIdentity,
  ref: ImageRef,
  head: ObjectHead,
  metadataPrefix: string,
): boolean {
  const mark = readMark(head, metadataPrefix);
  return (
    head.Metadata?.[`${metadataPrefix}-model`] === modelId(model) &&
    mark.keyHash === keyHash(ref) &&
    (mark.eTag === unquote(head.ETag) || !keepsETag(mark.eTag, head))
  );
}

/** First 8 hexadecimal digits of sha256(bucket/key). */
export function keyHash({ bucket, key }: Pick<ImageRef, 'bucket' | 'key'>): string {
  return createHash('sha256').update(`${bucket}/${key}`).digest('hex').slice(0, 8);
}

function readMark({ Metadata }: ObjectHead, metadataPrefix: string) {
  const [eTag, hash] = (Metadata?.[`${metadataPrefix}-mark`] ?? '').split('/');
  return { eTag, keyHash: hash };
}

// A copy of what was uploaded in parts (`<hash>-<number of parts>`), or of what KMS encrypts, has another eTag.
function keepsETag(eTag: string, { ServerSideEncryption }: ObjectHead): boolean {
  return !eTag.includes('-') && !ServerSideEncryption?.startsWith('aws:kms');
}
