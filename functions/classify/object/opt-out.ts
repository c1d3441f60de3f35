/** Owners opt an object out by metadata or a tag `labels=skip`. */
import type { S3Client } from '@aws-sdk/client-s3';
import type { ImageRef } from '../event/image-ref.ts';
import type { ObjectHead } from './object-head.ts';
import { readTags } from './tags.ts';

/**
 * Checks whether an object's owner has opted out; tags are only requested if the object has any.
 *
 * @param prefix the metadata key and the tag, `labels` by default.
 * @throws S3ServiceException
 */
export async function isOptedOut(
  s3: S3Client,
  ref: ImageRef,
  head: ObjectHead,
  prefix: string,
  abortSignal: AbortSignal,
): Promise<boolean> {
  if (head.Metadata?.[prefix] === 'skip') return true;
  if (!head.TagCount) return false;
  const tags = await readTags(s3, ref, head, abortSignal);
  return tags.some(({ Key, Value }) => Key === prefix && Value === 'skip');
}
