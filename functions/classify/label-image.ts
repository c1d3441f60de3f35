/** One image through all the rooms: ImageRef -> bytes -> Bitmap -> tensor -> predictions -> object metadata, and what to publish. */
import { performance } from 'node:perf_hooks';
import type { S3Client } from '@aws-sdk/client-s3';
import type { Classifier } from './classify.ts';
import type { Config } from './config.ts';
import { type DecodedImage, decode } from './decode.ts';
import type { ImageRef } from './events.ts';
import { bearsOwnMark, isRequestedBy, type OpenObject, openObject } from './fetch.ts';
import { preprocess } from './preprocess.ts';
import type { ImageClassified, ImageRejected, PredictionEvent } from './publish.ts';
import { ImageRejection } from './rejections.ts';
import { type WriteBack, writeLabels } from './writeback.ts';

export interface LabelImageContext {
  readonly s3: S3Client;
  /** Still loading when the first image comes in: the download does not wait for it. */
  readonly classifier: Promise<Classifier>;
  readonly config: Config;
  readonly requestId: string;
}

/** What became of an image. */
export type Outcome =
  /** Raised by our own write-back; or the bytes are gone, and whatever replaced them raises an event of its own. */
  | { readonly status: 'own-copy' | 'gone' }
  | { readonly status: 'rejected'; readonly event: PredictionEvent }
  /** `writeBackError` is to be thrown after publishing, so that the retry writes the labels. */
  | { readonly status: 'classified'; readonly event: PredictionEvent; readonly writeBackError?: unknown };

/**
 * Labels one image.
 *
 * @throws whatever may pass on a retry; what cannot pass is the outcome `rejected`.
 */
export const labelImage = async (ref: ImageRef, context: LabelImageContext): Promise<Outcome> => {
  const { s3, config, requestId } = context;
  const stopwatch = createStopwatch();
  const requestedByUs = isRequestedBy(config.functionName, ref);
  if (requestedByUs) return { status: 'own-copy' };

  const object = await openObject(s3, ref);
  if (!object) return { status: 'gone' };
  if (requestedByUs === undefined && bearsOwnMark(ref, object.head, config.metadataPrefix)) {
    await object.discard();
    return { status: 'own-copy' };
  }

  const eventHead = {
    version: '1',
    bucket: ref.bucket,
    key: ref.key,
    ...(ref.versionId !== undefined && { versionId: ref.versionId }),
    eTag: ref.eTag,
    size: object.head.ContentLength ?? 0,
    requestId,
  } as const;
  const image = await readImage(object, config.limits, stopwatch).catch(orRejection);
  if (image instanceof ImageRejection) {
    return { status: 'rejected', event: rejectedEvent(eventHead, image) };
  }

  const { manifest, classify } = await context.classifier;
  stopwatch.skip();
  const tensor = preprocess([image], manifest.input, manifest.preprocess);
  const preprocessMs = stopwatch.lap();
  const [predictions = []] = await classify(tensor);
  const inferMs = stopwatch.lap();
  const { writeBack, writeBackError } = await writeBackTo(object, ref, context, { manifest, predictions });
  const writeMs = stopwatch.lap();

  const detail: ImageClassified = {
    ...eventHead,
    image: { format: image.format, width: image.width, height: image.height, orientation: image.orientation },
    model: { name: manifest.name, sha256: manifest.sha256 },
    predictions,
    writeBack,
    timings: { fetchMs: image.fetchMs, decodeMs: image.decodeMs, preprocessMs, inferMs, writeMs },
  };
  return { status: 'classified', event: { detailType: 'Image Classified', detail }, writeBackError };
};

const readImage = async (
  object: OpenObject,
  limits: Config['limits'],
  stopwatch: Stopwatch,
): Promise<DecodedImage & { fetchMs: number; decodeMs: number }> => {
  const bytes = await object.read(limits);
  const fetchMs = stopwatch.lap();
  const image = await decode(bytes, limits);
  return { ...image, fetchMs, decodeMs: stopwatch.lap() };
};

const rejectedEvent = (
  head: Omit<ImageRejected, 'image' | 'error'>,
  { name, message, image }: ImageRejection,
): PredictionEvent => ({
  detailType: 'Image Rejected',
  detail: { ...head, ...(image && { image }), error: { name, message } },
});

const orRejection = (error: unknown): ImageRejection => {
  if (error instanceof ImageRejection) return error;
  throw error;
};

const writeBackTo = async (
  { head, isCurrent }: OpenObject,
  ref: ImageRef,
  { s3, config }: LabelImageContext,
  {
    manifest,
    predictions,
  }: { manifest: Classifier['manifest']; predictions: ImageClassified['predictions'] },
): Promise<{ writeBack: WriteBack; writeBackError?: unknown }> => {
  if (config.writeBack === 'none') return { writeBack: 'skipped' };
  if (!isCurrent) return { writeBack: 'superseded' };
  const labels = { predictions, model: manifest, metadataPrefix: config.metadataPrefix };
  try {
    return { writeBack: await writeLabels(s3, ref, head, labels) };
  } catch (writeBackError) {
    return { writeBack: 'failed', writeBackError };
  }
};

interface Stopwatch {
  /** Milliseconds since the last lap, to a tenth. */
  readonly lap: () => number;
  /** Leaves out what passed since the last lap. */
  readonly skip: () => void;
}

const createStopwatch = (): Stopwatch => {
  let last = performance.now();
  const lap = (): number => {
    const now = performance.now();
    const elapsedMs = Math.round((now - last) * 10) / 10;
    last = now;
    return elapsedMs;
  };
  return { lap, skip: lap };
};
