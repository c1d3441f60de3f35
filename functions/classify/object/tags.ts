/** Reads an object's tags. */
import { GetObjectTaggingCommand, type S3Client, type Tag } from '@aws-sdk/client-s3';
import type { ImageRef } from '../event/image-ref.ts';
import type { ObjectHead } from './object-head.ts';

/**
 * Reads the tags of the opened version; on a bucket without versions, those of the current object.
 *
 * @throws S3ServiceException
 */
export async function readTags(
  s3: S3Client,
  { bucket, key }: ImageRef,
  { VersionId }: ObjectHead,
  abortSignal: AbortSignal,
): Promise<Tag[]> {
  const command = new GetObjectTaggingCommand({ Bucket: bucket, Key: key, VersionId });
  const { TagSet = [] } = await s3.send(command, { abortSignal });
  return TagSet;
}
