/** Writes a prediction on its object in the configured modes. */
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
 * Writes labels on an object in each of the given modes, on condition that the key still holds the classified bytes.
 *
 * @returns The most severe outcome of all modes; with `failed` the error, to be thrown after the prediction is published.
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
  let outcome: WriteBack = isCurrent ? 'written' : 'superseded';
  try {
    for (const mode of writeBackModes.filter((known) => modes.includes(known))) {
      // Never write these labels onto a newer upload.
      if (outcome === 'superseded') break;
      assertTimeFor('a write-back');
      outcome = moreSevere(outcome, await writers[mode](s3, ref, head, labels, abortSignal));
    }
    return { writeBack: outcome };
  } catch (writeBackError) {
    return { writeBack: 'failed', writeBackError };
  }
}

const leastToMostSevere: readonly WriteBack[] = ['written', 'skipped', 'too-large', 'superseded', 'failed'];

function moreSevere(a: WriteBack, b: WriteBack): WriteBack {
  return leastToMostSevere.indexOf(a) > leastToMostSevere.indexOf(b) ? a : b;
}
