/** Checks of S3 annotations, which are newer than most of what is known about S3. */
import { isDeepStrictEqual } from 'node:util';
import {
  GetBucketMetadataConfigurationCommand,
  GetObjectAnnotationCommand,
  PutObjectAnnotationCommand,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { removeFeedOrExplain } from '../../aws/feed-removal.ts';
import { createFeed, nameFeed } from '../../aws/prediction-feed.ts';
import { assertHolds, type Check, Untold } from '../check.ts';
import { collectEvents, s3Object } from '../event-log.ts';
import { head, labelled, put } from '../objects.ts';
import { catPhoto } from '../photos.ts';
import type { Events, Settings, Target, Upload } from '../target.ts';

const name = 'bucketlens-verify';

function writesAnnotations({ writeBack }: Settings): boolean {
  return writeBack.includes('annotation');
}

export const annotationCondition: Check = {
  id: 'annotation-condition',
  promise: 'an annotation is written on condition of the ETag, without changing the object',
  does: 'annotates an object that opts out of labels: with the ETag of other bytes, then with its own; reads it back',
  advice: 'deploy another writeBack than annotation, and report it with --json',
  isSwitchedOn: writesAnnotations,
  run: async (target) => {
    const skip = { Metadata: { [target.settings.metadataPrefix]: 'skip' } };
    const sent = await put(target, 'annotated', await catPhoto(), skip, 'Image Skipped');
    const before = await head(target, sent.key);
    const refused = await annotate(target, sent, '"0123456789abcdef0123456789abcdef"', 'wrong').then(
      () => 'it was written',
      (error: unknown) => {
        if (!(error instanceof S3ServiceException) || error.$metadata.httpStatusCode !== 412) throw error;
        return '412';
      },
    );
    assertHolds(refused === '412', `with the ETag of other bytes ${refused}; expected 412`);
    await annotate(target, sent, before.ETag!, 'right');
    const { clients, deployment } = target;
    const object = { Bucket: deployment.BucketName, Key: sent.key };
    const { AnnotationPayload } = await clients.s3.send(
      new GetObjectAnnotationCommand({ ...object, AnnotationName: name }),
    );
    const payload = await AnnotationPayload?.transformToString();
    assertHolds(payload === 'right', `the annotation reads ${payload}`);
    const after = await head(target, sent.key);
    for (const property of ['ETag', 'VersionId', 'LastModified'] as const)
      assertHolds(
        isDeepStrictEqual(after[property], before[property]),
        `${property} was ${before[property]}, and is ${after[property]} with the annotation`,
      );
    return '412 for the ETag of other bytes; written for its own; ETag, version and time are as before';
  },
};

function annotate({ clients, deployment }: Target, { key }: Upload, eTag: string, payload: string) {
  return clients.s3.send(
    new PutObjectAnnotationCommand({
      Bucket: deployment.BucketName,
      Key: key,
      AnnotationName: name,
      AnnotationPayload: payload,
      ObjectIfMatch: eTag,
    }),
  );
}

export const annotationEvents: Check = {
  id: 'annotation-events',
  promise: 'S3 does not announce an annotation as a new object, which would label it again and again',
  does: "receives S3's own events on EventBridge by one more rule and queue, while it annotates an object",
  advice: 'with the trigger eventbridge deploy another writeBack than annotation, and report it with --json',
  isSwitchedOn: writesAnnotations,
  lacking: 'event of its own for annotations',
  leftOut: ({ settings }) =>
    settings.eventBridge ? undefined : 'the bucket does not send its events to EventBridge',
  run: async (target) => {
    const { clients, deployment, prefix, signal } = target;
    const feed = nameFeed('verify', { ...deployment, EventBusName: 'default' });
    const stop = new AbortController();
    try {
      const pattern = {
        source: ['aws.s3'],
        detail: { bucket: { name: [deployment.BucketName] }, object: { key: [{ prefix }] } },
      };
      const queueUrl = await createFeed(clients, feed, pattern, deployment.FunctionArn);
      const either = AbortSignal.any([signal, stop.signal]);
      const events = collectEvents(clients.sqs, queueUrl, either, s3Object);
      const sent = await announced(target, events);
      const before = events.all.length;
      await annotate(target, sent, `"${sent.eTag}"`, 'an annotation');
      await events.settle(target.isEmulated ? 2000 : 20_000);
      const types = events.all
        .slice(before)
        .filter(({ key }) => key === sent.key)
        .map(({ detailType }) => detailType);
      assertHolds(!types.includes('Object Created'), `S3 announced the annotation as ${types.join(', ')}`);
      return `S3 announced the annotation as ${types.join(', ') || 'nothing'}`;
    } finally {
      stop.abort();
      await removeFeedOrExplain(clients, feed);
    }
  },
};

/** Uploads objects that opt out of labels, until S3's event of one arrives: a new rule may take a while. */
async function announced(target: Target, events: Events): Promise<Upload> {
  const skip = { Metadata: { [target.settings.metadataPrefix]: 'skip' } };
  for (const attempt of [1, 2, 3, 4]) {
    const sent = await put(target, `announced-${attempt}`, await catPhoto(), skip, 'Image Skipped');
    if (await events.about(sent, 10_000)) return sent;
  }
  throw new Untold('no event of S3 arrived on EventBridge');
}

export const annotationTable: Check = {
  id: 'annotation-table',
  promise: 'S3 Metadata keeps a table of the annotations',
  does: "reads the bucket's metadata configuration",
  advice: 'docs/query-labels.md; a table that was deleted by hand needs queryable off and on again',
  isSwitchedOn: ({ queryable }) => queryable,
  lacking: 'S3 Metadata',
  run: async ({ clients, deployment }) => {
    const { GetBucketMetadataConfigurationResult: result } = await clients.s3.send(
      new GetBucketMetadataConfigurationCommand({ Bucket: deployment.BucketName }),
    );
    const table = result?.MetadataConfigurationResult?.AnnotationTableConfigurationResult;
    assertHolds(table, 'the bucket has no annotation table');
    const { ConfigurationState, TableStatus } = table;
    assertHolds(
      ConfigurationState === 'ENABLED' && TableStatus !== 'FAILED',
      `the table is ${ConfigurationState}, ${TableStatus}`,
    );
    return `the table is ${ConfigurationState}, ${TableStatus}`;
  },
};

export const labelsAnnotation: Check = {
  id: 'annotation',
  promise: 'labels are written as an annotation of the classified bytes',
  does: 'uploads a photo, and reads its annotation',
  advice: 'the region may have no annotations yet: deploy another writeBack',
  isSwitchedOn: writesAnnotations,
  leftOut: ({ settings }) => (writesAnnotations(settings) ? undefined : 'writeBack has no annotation'),
  run: async (target) => {
    const { labels } = await labelled(target, await put(target, 'with-annotation', await catPhoto()));
    return `${labels?.labels.length} labels, stored as ${labels?.storedAs}`;
  },
};
