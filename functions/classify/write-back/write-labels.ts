/** Prediction -> the object itself: its tags, an annotation, its metadata. */
import type { S3Client } from '@aws-sdk/client-s3';
import type { ImageRef } from '../event/image-ref.ts';
import type { OpenObject } from '../object/open-object.ts';
import type { Deadline } from '../time/deadline.ts';
import { writeAnnotation } from './annotation.ts';
import type { Labels, WriteBack } from './labels.ts';
import { writeMetadata } from './metadata.ts';
import { type WriteBackMode, writeBackModes } from './mode.ts';
import { writeTags } from './tags.ts';

const writers = {
  tags: writeTags,
  annotation: writeAnnotation,
  metadata: writeMetadata,
} satisfies Record<WriteBackMode, unknown>;

/**
 * Writes labels on an object in each of the given ways, if the key still holds the bytes that were classified.
 *
 * @returns The worst that became of any of them; with `failed` the error, to be thrown once the prediction is published.
 */
export async function writeLabels(
  s3: S3Client,
  ref: ImageRef,
  { head, isCurrent }: Pick<OpenObject, 'head' | 'isCurrent'>,
  labels: Labels,
  modes: readonly WriteBackMode[],
  { assertTimeFor, abortSignal }: Deadline,
): Promise<{ writeBack: WriteBack; writeBackError?: unknown }> {
  if (modes.length === 0) return { writeBack: 'skipped' };
  let worst: WriteBack = isCurrent ? 'written' : 'superseded';
  try {
    for (const mode of writeBackModes.filter((known) => modes.includes(known))) {
      // To newer bytes nothing of ours belongs.
      if (worst === 'superseded') break;
      assertTimeFor('a write-back');
      worst = worseOf(worst, await writers[mode](s3, ref, head, labels, abortSignal));
    }
    return { writeBack: worst };
  } catch (writeBackError) {
    return { writeBack: 'failed', writeBackError };
  }
}

const fromBest: readonly WriteBack[] = ['written', 'skipped', 'too-large', 'superseded', 'failed'];

function worseOf(a: WriteBack, b: WriteBack): WriteBack {
  return fromBest.indexOf(a) > fromBest.indexOf(b) ? a : b;
}
