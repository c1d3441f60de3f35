/**
 * The mark that a write-back leaves in an object's metadata:
 *
 *     <ETag of the classified bytes>/<key hash>[+<key hash>…][/<MD5 of the bytes, if the ETag is not one>]
 *
 * The first key hash belongs to the key that was labelled, so that copies to other keys are not taken for our own. The others
 * belong to the keys at which other classifiers labelled the same bytes before.
 */
import { createHash } from 'node:crypto';
import type { ImageRef } from '../event/image-ref.ts';
import type { ObjectHead } from './object-head.ts';

/** The fields of a model's manifest that tell it from every other model. */
export interface ModelIdentity {
  readonly name: string;
  /** SHA-256 of the network's file, in hexadecimal. */
  readonly sha256: string;
}

/**
 * The mark for an object that has been classified.
 *
 * @param md5 of the stored bytes, from `contentMd5`.
 */
export function markOf(ref: ImageRef, head: ObjectHead, metadataPrefix: string, md5?: string): string {
  const eTag = eTagOf(ref, head);
  const own = keyHash(ref);
  const earlier = isAboutBytes(head, metadataPrefix, md5) ? readMark(head, metadataPrefix).keyHashes : [];
  const keyHashes = [own, ...earlier.filter((hash) => hash !== own)].join('+');
  return [eTag, keyHashes, ...(md5 === undefined || md5 === eTag ? [] : [md5])].join('/');
}

/** The ETag, without quotes, that the bytes had when they were uploaded; our own copy may have another. */
export function eTagOf({ eTag }: ImageRef, { ETag }: ObjectHead): string {
  return eTag ?? unquote(ETag);
}

/** An ETag without the quotes that it has in headers. */
export function unquote(eTag: string | undefined): string {
  return (eTag ?? '').replaceAll('"', '');
}

/** `name/first 8 digits of the sha256`, as in the metadata next to the mark. */
export function modelId({ name, sha256 }: ModelIdentity): string {
  return `${name}/${sha256.slice(0, 8)}`;
}

/** MD5 of an object's stored bytes, in hexadecimal: the ETag where that is an MD5, otherwise computed. */
export function contentMd5(head: ObjectHead, bytes: Uint8Array): string {
  const eTag = unquote(head.ETag);
  return /^[0-9a-f]{32}$/.test(eTag) && keepsETag(eTag, head)
    ? eTag
    : createHash('md5').update(bytes).digest('hex');
}

/**
 * Tells by an event's requester if our own write-back raised it: the session of a Lambda function has the function's name.
 *
 * @returns undefined if the event names no requester.
 */
export function isRaisedBy(functionName: string, { requester, isCopy }: ImageRef): boolean | undefined {
  // A session can take the name of the function, but its uploads are not copies.
  return requester === undefined ? undefined : isCopy && requester.endsWith(`:${functionName}`);
}

/** True if an event without a requester is about a copy that our write-back made, by the key hash in the mark. */
export function hasOwnMark(ref: ImageRef, head: ObjectHead, metadataPrefix: string): boolean {
  return ref.isCopy && readMark(head, metadataPrefix).keyHashes[0] === keyHash(ref);
}

/** True if an object is our own copy of an event's bytes and got another ETag by being copied. */
export function isRenamedCopy(ref: ImageRef, head: ObjectHead, metadataPrefix: string): boolean {
  const { eTag, keyHashes } = readMark(head, metadataPrefix);
  return keyHashes[0] === keyHash(ref) && eTag === ref.eTag && !keepsETag(eTag, head);
}

/**
 * Tells without reading an object if it has labels of this model for its bytes. If copying changes the ETag, the key must be
 * the one that was labelled.
 */
export function isLabelledBy(
  model: ModelIdentity,
  ref: ImageRef,
  head: ObjectHead,
  metadataPrefix: string,
): boolean {
  const { eTag, keyHashes } = readMark(head, metadataPrefix);
  return (
    head.Metadata?.[`${metadataPrefix}-model`] === modelId(model) &&
    (eTag === unquote(head.ETag) || (keyHashes[0] === keyHash(ref) && !keepsETag(eTag, head)))
  );
}

/**
 * How an object is already labelled for these very bytes, wherever that happened, so that buckets that copy to each other
 * come to rest: each writes at most once.
 *
 * @param md5 of the stored bytes, from `contentMd5`.
 * @returns `by-model` if the labels are this model's; `by-later` if another classifier has replaced the labels that were
 * written at this key; otherwise undefined.
 */
export function labelledState(
  model: ModelIdentity,
  ref: ImageRef,
  head: ObjectHead,
  metadataPrefix: string,
  md5: string | undefined,
): 'by-model' | 'by-later' | undefined {
  if (!isAboutBytes(head, metadataPrefix, md5)) return undefined;
  if (head.Metadata?.[`${metadataPrefix}-model`] === modelId(model)) return 'by-model';
  const [, ...earlier] = readMark(head, metadataPrefix).keyHashes;
  return earlier.includes(keyHash(ref)) ? 'by-later' : undefined;
}

/** First 8 hexadecimal digits of sha256(bucket/key). */
export function keyHash({ bucket, key }: Pick<ImageRef, 'bucket' | 'key'>): string {
  return createHash('sha256').update(`${bucket}/${key}`).digest('hex').slice(0, 8);
}

interface Mark {
  readonly eTag: string;
  readonly keyHashes: readonly string[];
  readonly md5: string | undefined;
}

function readMark({ Metadata }: ObjectHead, metadataPrefix: string): Mark {
  const [eTag = '', keyHashes = '', md5] = (Metadata?.[`${metadataPrefix}-mark`] ?? '').split('/');
  return { eTag, keyHashes: keyHashes.split('+').filter((hash) => /^[0-9a-f]{8}$/.test(hash)), md5 };
}

function isAboutBytes(head: ObjectHead, metadataPrefix: string, md5: string | undefined): boolean {
  const mark = readMark(head, metadataPrefix);
  if (mark.eTag === '') return false;
  return mark.eTag === unquote(head.ETag) || (md5 !== undefined && [mark.eTag, mark.md5].includes(md5));
}

// Copies of multipart uploads (`<hash>-<number of parts>`) and of objects that KMS encrypts get another ETag.
function keepsETag(eTag: string, { ServerSideEncryption }: ObjectHead): boolean {
  return !eTag.includes('-') && !ServerSideEncryption?.startsWith('aws:kms');
}
