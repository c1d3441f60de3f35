/** Uploads objects under the run's prefix, and waits for their labels. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  GetObjectAnnotationCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  PutObjectCommand,
  type PutObjectCommandInput,
} from '@aws-sdk/client-s3';
import { unquote } from '../../../functions/classify/object/mark.ts';
import type { WriteBackMode } from '../../../functions/classify/write-back/mode.ts';
import { type ObjectLabels, readObjectLabels } from '../../../functions/classify/write-back/read-labels.ts';
import { percent } from '../../wording.ts';
import { assertHolds, Broken } from './check.ts';
import type { Expected, PredictionSeen, PredictionType, Target, Upload } from './target.ts';

/** Longer than any cold start, and than a first retry, which Lambda makes after a minute. */
const patienceMs = 90_000;
const pollMs = 200;

/** The key of an object of this run; ends with a suffix that the stack labels. */
export function keyOf({ prefix, deployment: { KeySuffixes } }: Target, name: string): string {
  const [suffix = ''] = KeySuffixes;
  return `${prefix}${name}${KeySuffixes.some((known) => name.endsWith(known)) ? '' : suffix}`;
}

/** Everything of PutObject but the object's name. */
export type PutOptions = Omit<PutObjectCommandInput, 'Bucket' | 'Key' | 'Body'>;

/** Uploads bytes. */
export function put(
  target: Target,
  name: string,
  body: Uint8Array,
  options: PutOptions = {},
  expected: Expected = 'Image Classified',
): Promise<Upload> {
  const Key = keyOf(target, name);
  const command = new PutObjectCommand({ ...options, Bucket: target.deployment.BucketName, Key, Body: body });
  return upload(target, name, () => target.clients.s3.send(command), expected);
}

/** Uploads in any way, and remembers it. */
export async function upload(
  target: Target,
  name: string,
  send: () => Promise<{ readonly ETag?: string | undefined; readonly VersionId?: string | undefined }>,
  expected: Expected = 'Image Classified',
): Promise<Upload> {
  target.signal.throwIfAborted();
  const startedMs = performance.now();
  const { ETag, VersionId } = await send();
  const sent: Upload = {
    name,
    key: keyOf(target, name),
    eTag: unquote(ETag),
    startedMs,
    expected,
    ...(VersionId && { versionId: VersionId }),
  };
  target.uploads.push(sent);
  return sent;
}

/** Counts another invocation about an upload, which the check itself has caused. */
export function expectInvocation({ uploads }: Target, sent: Upload): void {
  uploads.push({ ...sent, expected: 'any' });
}

/**
 * The response of S3 to an upload without the SDK.
 *
 * @throws Broken if it has refused the upload.
 */
export async function taken(target: Target, key: string, answer: Response) {
  const text = await answer.text();
  const code = /<Code>(.*?)<\/Code>/.exec(text)?.[1] ?? '';
  assertHolds(answer.ok, `S3 refused the upload with ${answer.status} ${code}`);
  const ETag = answer.headers.get('etag') ?? (await head(target, key)).ETag;
  const VersionId = answer.headers.get('x-amz-version-id') ?? undefined;
  return { ETag, VersionId };
}

export function head(
  { clients: { s3 }, deployment: { BucketName } }: Target,
  key: string,
): Promise<HeadObjectCommandOutput> {
  return s3.send(new HeadObjectCommand({ Bucket: BucketName, Key: key, ChecksumMode: 'ENABLED' }));
}

export async function tagsOf(
  { clients: { s3 }, deployment: { BucketName } }: Target,
  key: string,
): Promise<Readonly<Record<string, string>>> {
  const { TagSet = [] } = await s3.send(new GetObjectTaggingCommand({ Bucket: BucketName, Key: key }));
  return Object.fromEntries(TagSet.map(({ Key, Value }) => [Key!, Value!]));
}

/** The labels' annotation, parsed. */
export async function annotationOf(
  { clients: { s3 }, deployment: { BucketName }, settings: { metadataPrefix } }: Target,
  key: string,
): Promise<{ readonly eTag?: string; readonly predictions?: readonly unknown[] }> {
  const { AnnotationPayload } = await s3.send(
    new GetObjectAnnotationCommand({ Bucket: BucketName, Key: key, AnnotationName: metadataPrefix }),
  );
  return JSON.parse((await AnnotationPayload?.transformToString()) ?? '{}');
}

/**
 * Waits for an upload's event of this type.
 *
 * @throws Broken if it has another, or none in time.
 */
export async function eventOf(
  { events }: Target,
  { key, eTag, name }: Upload,
  detailType: PredictionType,
): Promise<PredictionSeen> {
  const event = await events.about({ key, eTag }, patienceMs);
  assertHolds(event, `no event about ${name} after ${patienceMs / 1000} s`);
  if (event.detailType !== detailType)
    throw new Broken(`the event about ${name} is ${event.detailType}${reasonIn(event)}`);
  return event;
}

function reasonIn({ detail: { error } }: PredictionSeen): string {
  const { name, message } = (error ?? {}) as { readonly name?: string; readonly message?: string };
  return name ? ` (${name}: ${message})` : '';
}

export interface Labelled {
  /** undefined with `writeBack=none`. */
  readonly labels: ObjectLabels | undefined;
  readonly head: HeadObjectCommandOutput;
  /** undefined if events cannot be received. */
  readonly event: PredictionSeen | undefined;
}

/**
 * Waits until an upload is classified, and expects its labels in every place that the stack writes to.
 *
 * @throws Broken
 */
export async function labelled(target: Target, sent: Upload): Promise<Labelled> {
  const event = target.events.missing ? undefined : await eventOf(target, sent, 'Image Classified');
  const { writeBack } = target.settings;
  if (event && writeBack.length > 0 && event.detail.writeBack !== 'written')
    throw new Broken(`the event about ${sent.name} says writeBack ${event.detail.writeBack}`);
  // Without an event, the labels themselves tell that they have been written.
  if (!event) await untilLabelled(target, sent);
  for (const mode of writeBack) await expectLabels[mode](target, sent);
  const labels =
    writeBack.length > 0
      ? await readObjectLabels(target.clients.s3, nameOf(target, sent), target.settings.metadataPrefix)
      : undefined;
  return { labels, head: await head(target, sent.key), event };
}

/**
 * Polls until the object has labels.
 *
 * @returns Seconds since the upload began.
 * @throws Broken
 */
export async function untilLabelled(target: Target, sent: Upload): Promise<number> {
  const { s3 } = target.clients;
  const { metadataPrefix } = target.settings;
  for (const deadline = performance.now() + patienceMs; performance.now() < deadline; await sleep(pollMs)) {
    target.signal.throwIfAborted();
    if (await readObjectLabels(s3, nameOf(target, sent), metadataPrefix))
      return (performance.now() - sent.startedMs) / 1000;
  }
  throw new Broken(`no labels on ${sent.name} after ${patienceMs / 1000} s`);
}

function nameOf({ deployment: { BucketName } }: Target, { key }: Upload) {
  return { Bucket: BucketName, Key: key };
}

const expectLabels: Readonly<Record<WriteBackMode, (target: Target, sent: Upload) => Promise<void>>> = {
  metadata: async (target, { key, eTag, name }) => {
    const { Metadata = {} } = await head(target, key);
    const mark = Metadata[`${target.settings.metadataPrefix}-mark`];
    assertHolds(mark, `the metadata of ${name} has no labels`);
    assertHolds(
      mark.startsWith(`${eTag}/`),
      `the labels of ${name} are of other bytes: ${mark}, not ${eTag}`,
    );
  },
  annotation: async (target, { key, eTag, name }) => {
    const annotation = await annotationOf(target, key);
    assertHolds(annotation.eTag === eTag, `the annotation of ${name} is of ${annotation.eTag}, not ${eTag}`);
  },
  tags: async (target, { key, name }) => {
    const { label, score } = await tagsOf(target, key);
    assertHolds(label && score, `the tags of ${name} have no label`);
  },
};

/** `tiger_cat 40.9 %, Egyptian_cat 33.9 %` */
export function describeLabels({ labels }: Labelled): string {
  if (!labels) return 'no labels on the object, as writeBack=none has it';
  const texts = labels.labels.slice(0, 2).map(({ label, score }) => `${label} ${percent(score)}`);
  return texts.join(', ') || 'no label reaches minScore';
}
