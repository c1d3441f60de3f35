/** Writes the tags `label` and `score`, next to the user's own. */
import { HeadObjectCommand, PutObjectTaggingCommand, type S3Client, type Tag } from '@aws-sdk/client-s3';
import type { ImageRef } from '../event/image-ref.ts';
import type { Prediction } from '../network/prediction.ts';
import type { ObjectHead } from '../object/object-head.ts';
import { readTags } from '../object/tags.ts';
import { writeUnlessSuperseded } from './conditional-write.ts';
import type { Labels, WriteBack } from './labels.ts';

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html
const maxTags = 10;
const maxValueLength = 256;
const notInTagValues = /[^\p{L}\p{N}\p{Zs}+\-=._:/@]/gu;

/**
 * Writes the most likely label and its score into an object's tags, and keeps all other tags.
 *
 * S3 has no conditional write for tags. A version is tagged whatever follows it. An object without a version of its own, as
 * S3 stores it while versioning is off or suspended, is checked just before, and an upload between check and write has the older
 * image's tags until its own event arrives.
 *
 * @returns `too-large` if the user's tags leave no room.
 * @throws S3ServiceException for errors that a retry may resolve.
 */
export async function writeTags(
  s3: S3Client,
  ref: ImageRef,
  head: ObjectHead,
  { predictions: [likeliest] }: Labels,
  abortSignal: AbortSignal,
): Promise<Exclude<WriteBack, 'failed'>> {
  const target = { Bucket: ref.bucket, Key: ref.key, VersionId: head.VersionId };
  let fits = true;
  const outcome = await writeUnlessSuperseded(async () => {
    const tags = await readTags(s3, ref, head, abortSignal);
    const tagged = mergeTags(tags, likeliest);
    fits = tagged.length <= maxTags;
    if (!fits || hasAll(tags, tagged)) return;
    if (head.VersionId === undefined || head.VersionId === 'null') {
      await s3.send(new HeadObjectCommand({ ...target, IfMatch: head.ETag }), { abortSignal });
    }
    await s3.send(new PutObjectTaggingCommand({ ...target, Tagging: { TagSet: tagged } }), { abortSignal });
  }, abortSignal);
  return fits ? outcome : 'too-large';
}

/** The user's tags in their order, then ours; none of ours if no label is likely enough. */
export function mergeTags(tags: readonly Tag[], likeliest: Prediction | undefined): Tag[] {
  return [
    ...tags.filter(({ Key }) => Key !== 'label' && Key !== 'score'),
    ...(likeliest
      ? [
          { Key: 'label', Value: tagValue(likeliest.label) },
          { Key: 'score', Value: likeliest.score.toFixed(4) },
        ]
      : []),
  ];
}

function tagValue(label: string): string {
  return [...label.toWellFormed().replaceAll(notInTagValues, '_')].slice(0, maxValueLength).join('');
}

function hasAll(tags: readonly Tag[], wanted: readonly Tag[]): boolean {
  return (
    tags.length === wanted.length &&
    wanted.every(({ Key, Value }) => tags.some((tag) => tag.Key === Key && tag.Value === Value))
  );
}
