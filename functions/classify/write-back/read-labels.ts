/** Reads an object's labels, in whichever mode the function has written them. */
import {
  GetObjectAnnotationCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  type S3Client,
  S3ServiceException,
  type Tag,
} from '@aws-sdk/client-s3';
import * as v from 'valibot';
import { modelId } from '../object/mark.ts';
import type { WriteBackMode } from './mode.ts';

export interface Label {
  readonly label: string;
  /** Probability, 0..1. */
  readonly score: number;
}

export interface ObjectLabels {
  readonly storedAs: WriteBackMode;
  /** `name/first 8 of the sha256`; absent for tags. */
  readonly model?: string;
  /** Most likely first. */
  readonly labels: readonly Label[];
  readonly general?: Label;
}

interface ObjectName {
  readonly Bucket: string;
  readonly Key: string;
}

/**
 * Reads the labels of an object: from its metadata, else from its annotation, else from its tags.
 *
 * @param prefix of the metadata keys, and the annotation's name.
 * @returns undefined if the object has none.
 * @throws S3ServiceException if the object does not exist (status 404), or its annotation or tags cannot be read.
 */
export async function readObjectLabels(
  s3: S3Client,
  name: ObjectName,
  prefix: string,
): Promise<ObjectLabels | undefined> {
  const { Metadata = {} } = await s3.send(new HeadObjectCommand(name));
  const inMetadata = labelsInMetadata(Metadata, prefix);
  if (inMetadata) return inMetadata;

  const others = await Promise.allSettled([readFromAnnotation(s3, name, prefix), readFromTags(s3, name)]);
  const found = others.find((other) => other.status === 'fulfilled' && other.value);
  if (found?.status === 'fulfilled') return found.value;
  const failed = others.find((other) => other.status === 'rejected');
  if (failed) throw failed.reason;
  return undefined;
}

/** The labels in an object's user metadata, as functions/classify/write-back/metadata.ts encodes them. */
export function labelsInMetadata(
  metadata: Readonly<Record<string, string>>,
  prefix: string,
): ObjectLabels | undefined {
  const model = metadata[`${prefix}-model`];
  // A user's own `labels` key comes without a model.
  if (!model) return undefined;
  const [general] = decodeLabels(metadata[`${prefix}-general`]);
  return { storedAs: 'metadata', model, labels: decodeLabels(metadata[prefix]), ...(general && { general }) };
}

function decodeLabels(text = ''): Label[] {
  return (
    text
      .split(',')
      .filter((entry) => entry !== '')
      .map((entry) => {
        const [label = '', score] = entry.split('=');
        return { label: decode(label), score: Number(score) };
      })
      // Anyone with write access to the object may have written this.
      .filter(({ score }) => score >= 0 && score <= 1)
  );
}

/** Decodes a label; one that is not percent-encoded was not written by the function and stays as it is. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

async function readFromAnnotation(
  s3: S3Client,
  name: ObjectName,
  prefix: string,
): Promise<ObjectLabels | undefined> {
  const response = await s3
    .send(new GetObjectAnnotationCommand({ ...name, AnnotationName: prefix }))
    .catch((error: unknown) => {
      if (error instanceof S3ServiceException && hasNone.has(error.$metadata.httpStatusCode))
        return undefined;
      throw error;
    });
  const text = await response?.AnnotationPayload?.transformToString();
  const annotation = v.safeParse(annotationSchema, text);
  if (!annotation.success) return undefined;
  const { model, predictions, general } = annotation.output;
  return {
    storedAs: 'annotation',
    model: modelId(model),
    labels: predictions,
    ...(general && { general }),
  };
}

// No such object (404), or no such operation (405, 501): local servers have no annotations.
const hasNone = new Set<number | undefined>([404, 405, 501]);

const labelSchema = v.object({ label: v.string(), score: v.pipe(v.number(), v.minValue(0), v.maxValue(1)) });

const annotationSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    model: v.object({ name: v.string(), sha256: v.string() }),
    predictions: v.array(labelSchema),
    general: v.exactOptional(labelSchema),
  }),
);

async function readFromTags(s3: S3Client, name: ObjectName): Promise<ObjectLabels | undefined> {
  const { TagSet = [] } = await s3.send(new GetObjectTaggingCommand(name));
  return labelsInTags(TagSet);
}

/** Reads the tags `label` and `score`; a user's own tag `label` comes without such a score. */
function labelsInTags(tags: readonly Tag[]): ObjectLabels | undefined {
  const find = (key: string) => tags.find(({ Key }) => Key === key)?.Value;
  const label = find('label');
  const score = find('score');
  if (!label || !score || !/^[01]\.\d{4}$/.test(score)) return undefined;
  return { storedAs: 'tags', labels: [{ label, score: Number(score) }] };
}
