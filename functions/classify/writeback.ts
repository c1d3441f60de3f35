/** Prediction -> the object itself: its tags, an annotation, its metadata. */
import type { S3Client } from '@aws-sdk/client-s3';
import type { Classification } from './classify.ts';
import type { Deadline } from './deadline.ts';
import type { ImageRef } from './events.ts';
import type { OpenObject } from './fetch.ts';
import type { ModelManifest } from './manifest.ts';
import { writeAnnotation } from './writeback/annotation.ts';
import { writeMetadata } from './writeback/metadata.ts';
import type { WriteBackMode } from './writeback/mode.ts';
import { writeTags } from './writeback/tags.ts';

/**
 * What became of the labels: on the object; a newer upload has won; nothing was to be written; they do not fit beside
 * the user's own; or S3 refused them, which a retry may mend.
 */
export type WriteBack = 'written' | 'superseded' | 'skipped' | 'too-large' | 'failed';

/** What is to be written on an object. */
export interface Labels extends Classification {
  readonly model: Pick<ModelManifest, 'name' | 'sha256'>;
  /** The prefix of our metadata keys and the name of our annotation, `labels` unless configured. */
  readonly metadataPrefix: string;
}

// The copy that changes the metadata comes last: it takes tags and annotations along.
const writers = {
  tags: writeTags,
  annotation: writeAnnotation,
  metadata: writeMetadata,
} satisfies Record<WriteBackMode, unknown>;

export const writeBackModes = Object.keys(writers) as readonly WriteBackMode[];

/**
 * Writes labels on an object in each of the given ways, if the key still holds the bytes that were classified.
 *
 * @returns The worst that became of any of them; with `failed` the error, to be thrown once the prediction is published.
 */
export const writeLabels = async (
  s3: S3Client,
  ref: ImageRef,
  { head, isCurrent }: Pick<OpenObject, 'head' | 'isCurrent'>,
  labels: Labels,
  modes: readonly WriteBackMode[],
  { assertTimeFor, abortSignal }: Deadline,
): Promise<{ writeBack: WriteBack; writeBackError?: unknown }> => {
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
};

const fromBest: readonly WriteBack[] = ['written', 'skipped', 'too-large', 'superseded', 'failed'];

const worseOf = (a: WriteBack, b: WriteBack): WriteBack =>
  fromBest.indexOf(a) > fromBest.indexOf(b) ? a : b;
