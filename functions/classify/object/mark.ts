/**
 * The mark that a write-back leaves in an object's metadata:
 *
 *     <ETag of the classified bytes>/<hash>[+<hash>…][/<MD5 of the bytes, if the ETag is not one>]
 *
 * The first hash is that of the key that was labelled, so that copies to other keys are not taken for our own. The others are,
 * if an event without a requester told of a copy, that of the event; and those of labels of the same bytes that these replace:
 * of their key, or of their model if another classifier wrote them at this key.
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
export function markOf(
  ref: ImageRef,
  head: ObjectHead,
  model: ModelIdentity,
  metadataPrefix: string,
  md5?: string,
): string {
  const eTag = eTagOf(ref, head);
  const replaced = isAboutBytes(head, metadataPrefix, md5) ? replacedHashes(ref, head, metadataPrefix) : [];
  const others = replaced.filter((hash) => hash !== modelHash(ref, modelId(model)));
  const hashes = [...new Set([keyHash(ref), ...eventHash(ref), ...others])].join('+');
  return [eTag, hashes, ...(md5 === undefined || md5 === eTag ? [] : [md5])].join('/');
}

function replacedHashes(ref: ImageRef, head: ObjectHead, metadataPrefix: string): string[] {
  const { hashes } = readMark(head, metadataPrefix);
  const model = writtenModel(head, metadataPrefix);
  return hashes[0] === keyHash(ref) && model !== undefined ? [modelHash(ref, model), ...hashes] : hashes;
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

/**
 * True if an event without a requester is about a copy that our write-back made, by the key's hash in the mark. An event whose
 * own hash is there told of the copy that was labelled, and has come again.
 */
export function hasOwnMark(ref: ImageRef, head: ObjectHead, metadataPrefix: string): boolean {
  const { hashes } = readMark(head, metadataPrefix);
  return ref.isCopy && hashes[0] === keyHash(ref) && !eventHash(ref).some((hash) => hashes.includes(hash));
}

/** True if an object is our own copy of an event's bytes and got another ETag by being copied. */
export function isRenamedCopy(ref: ImageRef, head: ObjectHead, metadataPrefix: string): boolean {
  const { eTag, hashes } = readMark(head, metadataPrefix);
  return hashes[0] === keyHash(ref) && eTag === ref.eTag && !keepsETag(eTag, head);
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
  const { eTag, hashes } = readMark(head, metadataPrefix);
  return (
    writtenModel(head, metadataPrefix) === modelId(model) &&
    (eTag === unquote(head.ETag) || (hashes[0] === keyHash(ref) && !keepsETag(eTag, head)))
  );
}

/**
 * How an object is already labelled for these very bytes, wherever that happened, so that classifiers at one bucket, and
 * buckets that copy to each other, come to rest: each writes at most once.
 *
 * @param md5 of the stored bytes, from `contentMd5`.
 * @returns `by-model` if the labels are this model's; `by-later` if another classifier has replaced this model's labels of this
 * key, or labels of this key that were copied elsewhere; otherwise undefined.
 */
export function labelledState(
  model: ModelIdentity,
  ref: ImageRef,
  head: ObjectHead,
  metadataPrefix: string,
  md5: string | undefined,
): 'by-model' | 'by-later' | undefined {
  if (!isAboutBytes(head, metadataPrefix, md5)) return undefined;
  if (writtenModel(head, metadataPrefix) === modelId(model)) return 'by-model';
  const [, ...replaced] = readMark(head, metadataPrefix).hashes;
  const own = [keyHash(ref), modelHash(ref, modelId(model))];
  return own.some((hash) => replaced.includes(hash)) ? 'by-later' : undefined;
}

type ObjectName = Pick<ImageRef, 'bucket' | 'key'>;

/** First 8 hexadecimal digits of sha256(bucket/key). */
export function keyHash({ bucket, key }: ObjectName): string {
  return hashOf(`${bucket}/${key}`);
}

function modelHash({ bucket, key }: ObjectName, model: string): string {
  return hashOf(`${bucket}/${key}\nmodel ${model}`);
}

/** Empty where the requester tells our copies, or no event told of a copy. */
function eventHash({ bucket, key, isCopy, requester, sequencer }: ImageRef): string[] {
  const isNeeded = isCopy && requester === undefined && sequencer !== undefined;
  return isNeeded ? [hashOf(`${bucket}/${key}\nevent ${sequencer}`)] : [];
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}

interface Mark {
  readonly eTag: string;
  readonly hashes: string[];
  readonly md5: string | undefined;
}

function readMark({ Metadata }: ObjectHead, metadataPrefix: string): Mark {
  const [eTag = '', hashes = '', md5] = (Metadata?.[`${metadataPrefix}-mark`] ?? '').split('/');
  return { eTag, hashes: hashes.split('+').filter((hash) => /^[0-9a-f]{8}$/.test(hash)), md5 };
}

function writtenModel({ Metadata }: ObjectHead, metadataPrefix: string): string | undefined {
  return Metadata?.[`${metadataPrefix}-model`];
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
