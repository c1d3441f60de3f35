/** The function's answer for a photo, from its prediction event or, for an earlier session, from the object's metadata. */
import { HeadObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { EventOf, PredictionEvent } from '../../../functions/classify/publish/publish.ts';
import { type Label, labelsInMetadata } from '../../../functions/classify/write-back/read-labels.ts';
import { distinctGeneral } from '../../wording.ts';

export type Answer =
  /** `unlabelled`: in the bucket, with no labels and no event in this session. */
  | { readonly status: 'waiting' | 'unlabelled' }
  | Classified
  | { readonly status: 'rejected'; readonly event: EventOf<'Image Rejected'> }
  | { readonly status: 'skipped'; readonly event: EventOf<'Image Skipped'> }
  /** The function itself failed. */
  | { readonly status: 'failed'; readonly reason: string };

interface Classified {
  readonly status: 'classified';
  readonly model: string;
  /** Most likely first. */
  readonly labels: readonly Label[];
  /** Absent if it repeats the top label. */
  readonly general?: Label;
  /** Absent for labels of an earlier session. */
  readonly event?: EventOf<'Image Classified'>;
}

/** Turns a prediction event into an answer. */
export function toAnswer(event: PredictionEvent): Answer {
  switch (event.detailType) {
    case 'Image Skipped':
      return { status: 'skipped', event };
    case 'Image Rejected':
      return { status: 'rejected', event };
    case 'Image Classified': {
      const { model, predictions, general } = event.detail;
      return { ...classified(model.name, predictions, general), event };
    }
  }
}

/** Reads the answer of an earlier session from the object's metadata. */
export async function readAnswer(
  s3: S3Client,
  name: { readonly Bucket: string; readonly Key: string },
): Promise<Answer> {
  const { Metadata = {} } = await s3.send(new HeadObjectCommand(name));
  const labelled = labelsInMetadata(Metadata, 'labels');
  if (!labelled) return { status: 'unlabelled' };
  const [model = ''] = labelled.model?.split('/') ?? [];
  return classified(model, labelled.labels, labelled.general);
}

function classified(model: string, labels: readonly Label[], general: Label | undefined): Classified {
  const distinct = distinctGeneral(general, labels);
  return {
    status: 'classified',
    model,
    labels: labels.map(({ label, score }) => ({ label, score })),
    ...(distinct && { general: distinct }),
  };
}
