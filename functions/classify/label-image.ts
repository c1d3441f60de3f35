/** Labels one image: ImageRef -> bytes -> tensor -> predictions -> the object, and the event to publish. */
import type { S3Client } from '@aws-sdk/client-s3';
import type { Config } from './config.ts';
import type { ImageRef } from './event/image-ref.ts';
import { DecodingTooSlow, ImageRejection } from './image/rejections.ts';
import type { Classifier } from './network/classifier.ts';
import { hasOwnMark, isLabelledBy, isRaisedBy } from './object/mark.ts';
import type { ObjectHead } from './object/object-head.ts';
import { isGone, type OpenObject, openObject } from './object/open-object.ts';
import { isOptedOut } from './object/opt-out.ts';
import { eventHead, headOfUnread, type RejectedHead } from './publish/event-head.ts';
import type { EventOf } from './publish/publish.ts';
import { type ReadImage, readImage } from './tensor/read-image.ts';
import { type Deadline, OutOfTime } from './time/deadline.ts';
import { createStopwatch, type Stopwatch } from './time/stopwatch.ts';
import { writeLabels } from './write-back/write-labels.ts';

export interface LabelImageContext {
  readonly s3: S3Client;
  /** May still be loading: the first image is downloaded meanwhile. */
  readonly classifier: Promise<Classifier>;
  readonly config: Config;
  readonly requestId: string;
  readonly deadline: Deadline;
  /** True to leave out images that have labels of this model. */
  readonly skipLabelled: boolean;
}

/** The outcome for an image. */
export type Outcome =
  /** Nothing to do: our own write-back raised the event, the bytes are gone, or a job leaves labelled images out. */
  | { readonly status: 'own-copy' | 'gone' | 'labelled-already' }
  /** The owner has opted out. */
  | { readonly status: 'skipped'; readonly event: EventOf<'Image Skipped'> }
  | { readonly status: 'rejected'; readonly event: EventOf<'Image Rejected'> }
  /** Throw `writeBackError` after publishing, so that the retry writes the labels. */
  | {
      readonly status: 'classified';
      readonly event: EventOf<'Image Classified'>;
      readonly writeBackError?: unknown;
    };

/**
 * Labels one image.
 *
 * @throws OutOfTime before it starts, if too little time is left; and any error that a retry may resolve. Permanent errors are
 * the outcome `rejected`.
 */
export async function labelImage(ref: ImageRef, context: LabelImageContext): Promise<Outcome> {
  const { s3, config, deadline, requestId } = context;
  if (isRaisedBy(config.functionName, ref)) return { status: 'own-copy' };
  deadline.assertTimeFor('an image');

  const stopwatch = createStopwatch();
  const object = await openObject(s3, ref, config.metadataPrefix, deadline.abortSignal).catch(orRejection);
  if (!object) return { status: 'gone' };
  if (object instanceof ImageRejection) return rejected(headOfUnread(ref, requestId), object);

  const settled = await settleByHead(ref, object.head, context).catch((error) => {
    object.discard();
    throw error;
  });
  if (settled) {
    object.discard();
    return settled;
  }
  const image = await readTimed(object, context, stopwatch).catch(orRejection);
  if (image instanceof ImageRejection) return rejected(eventHead(ref, object.head, requestId), image);
  return classifyAndWrite(ref, object, image, context, stopwatch);
}

async function classifyAndWrite(
  ref: ImageRef,
  object: OpenObject,
  image: TimedImage,
  { s3, classifier, config, deadline, requestId }: LabelImageContext,
  stopwatch: Stopwatch,
): Promise<Outcome> {
  const { manifest, classify } = await classifier;
  const tensor = image.toTensor();
  const preprocessMs = stopwatch.lap();
  const [classification] = await classify(tensor);
  const inferMs = stopwatch.lap();
  const labels = {
    ...classification,
    model: manifest,
    metadataPrefix: config.metadataPrefix,
    contentMd5: image.md5,
  };
  const { writeBack, writeBackError } = await writeLabels(
    s3,
    ref,
    object,
    labels,
    config.writeBack,
    deadline,
  );
  const writeMs = stopwatch.lap();

  const detail = {
    ...eventHead(ref, object.head, requestId),
    image: image.info,
    model: { name: manifest.name, sha256: manifest.sha256 },
    ...classification,
    writeBack,
    timings: { fetchMs: image.fetchMs, decodeMs: image.decodeMs, preprocessMs, inferMs, writeMs },
  };
  return { status: 'classified', event: { detailType: 'Image Classified', detail }, writeBackError };
}

/** The outcome, if the object's head alone decides it. */
async function settleByHead(
  ref: ImageRef,
  head: ObjectHead,
  { s3, classifier, config, requestId, deadline, skipLabelled }: LabelImageContext,
): Promise<Outcome | undefined> {
  const prefix = config.metadataPrefix;
  // Events with a requester were checked before; a copy among them was made by someone else.
  if (ref.requester === undefined && hasOwnMark(ref, head, prefix)) return { status: 'own-copy' };
  try {
    if (await isOptedOut(s3, ref, head, prefix, deadline.abortSignal)) {
      const detail = { ...eventHead(ref, head, requestId), writeBack: 'skipped' } as const;
      return { status: 'skipped', event: { detailType: 'Image Skipped', detail } };
    }
  } catch (error) {
    if (isGone(error)) return { status: 'gone' };
    throw error;
  }
  if (skipLabelled && isLabelledBy((await classifier).manifest, ref, head, prefix)) {
    return { status: 'labelled-already' };
  }
  return undefined;
}

interface TimedImage extends ReadImage {
  /** MD5 of the stored bytes, in hexadecimal. */
  readonly md5: string;
  readonly fetchMs: number;
  readonly decodeMs: number;
}

async function readTimed(
  object: OpenObject,
  { classifier, config: { limits }, deadline }: LabelImageContext,
  stopwatch: Stopwatch,
): Promise<TimedImage> {
  const { bytes, md5 } = await object.read(limits);
  const fetchMs = stopwatch.lap();
  const { manifest } = await classifier;
  stopwatch.skip();
  const { limitMs, isFull } = deadline.decodeTime();
  const image = await readImage(bytes, { ...limits, decodeMs: limitMs }, manifest).catch((error) => {
    throw error instanceof DecodingTooSlow && !isFull
      ? new OutOfTime(
          `${limitMs} ms were left to decode it: raise the function's timeout, or lower the batch size`,
        )
      : error;
  });
  return { ...image, md5, fetchMs, decodeMs: stopwatch.lap() };
}

function rejected(head: RejectedHead, { name, message, image }: ImageRejection): Outcome {
  return {
    status: 'rejected',
    event: {
      detailType: 'Image Rejected',
      detail: { ...head, ...(image && { image }), error: { name, message } },
    },
  };
}

function orRejection(error: unknown): ImageRejection {
  if (error instanceof ImageRejection) return error;
  throw error;
}
