/** What the function says of a photo: from its prediction event, or of an earlier session from the object's metadata. */
import { HeadObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { EventOf, PredictionEvent } from '../../../functions/classify/publish/publish.ts';
import { type Label, labelsInMetadata } from '../../../functions/classify/write-back/read-labels.ts';
import { distinctGeneral } from '../../wording.ts';

export type Answer =
  /** `unlabelled`: in the bucket, and nothing is known of it. */
  | { readonly status: 'waiting' | 'unlabelled' }
  | Classified
  | { readonly status: 'rejected'; readonly event: EventOf<'Image Rejected'> }
  | { readonly status: 'skipped'; readonly event: EventOf<'Image Skipped'> }
  /** The function itself failed. */
  | { readonly status: 'failed'; readonly reason: string };

interface Classified {
  readonly status: 'classified';
  /** The model's name. */
  readonly model: string;
  /** The likeliest first. */
  readonly labels: readonly Label[];
  /** Where it says more than the likeliest label. */
  readonly general?: Label;
  /** Not of an earlier session. */
  readonly event?: EventOf<'Image Classified'>;
}

/** A prediction event as the page shows it. */
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

/** Of an earlier session, only what stands in the object's metadata is known. */
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
