/** Writes the whole prediction as an S3 annotation, in JSON: no copy, no new version, no event of a new object. */
import { PutObjectAnnotationCommand, type S3Client } from '@aws-sdk/client-s3';
import type { ImageRef } from '../event/image-ref.ts';
import { eTagOf } from '../object/mark.ts';
import type { ObjectHead } from '../object/object-head.ts';
import { writeUnlessSuperseded } from './conditional-write.ts';
import type { Labels, WriteBack } from './labels.ts';

/**
 * Writes the annotation named by the prefix, on condition that the object still has the classified bytes:
 * `{ version, eTag, model: { name, sha256 }, predictions, general?, classes? }`, as in the prediction event.
 *
 * @returns `too-large` if the object has the maximum number of annotations.
 * @throws S3ServiceException for errors that a retry may resolve.
 */
export function writeAnnotation(
  s3: S3Client,
  ref: ImageRef,
  head: ObjectHead,
  { predictions, general, classes, model, metadataPrefix }: Labels,
  abortSignal: AbortSignal,
): Promise<Exclude<WriteBack, 'failed'>> {
  const annotation = {
    version: '1',
    eTag: eTagOf(ref, head),
    model: { name: model.name, sha256: model.sha256 },
    predictions,
    ...(general && { general }),
    ...(classes && { classes }),
  };
  const command = new PutObjectAnnotationCommand({
    Bucket: ref.bucket,
    Key: ref.key,
    VersionId: head.VersionId,
    AnnotationName: metadataPrefix,
    AnnotationPayload: JSON.stringify(annotation),
    ObjectIfMatch: head.ETag,
  });
  return writeUnlessSuperseded(() => s3.send(command, { abortSignal }), abortSignal);
}
