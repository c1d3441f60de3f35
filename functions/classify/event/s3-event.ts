/** S3's own events, as notifications or from EventBridge -> the images they name. */
import * as v from 'valibot';
import { contentOf, type EventContent, type IgnoredRecord } from './event-content.ts';
import type { ImageRef } from './image-ref.ts';
import { UnknownEvent, validate } from './unknown-event.ts';

/**
 * Reads an S3 event.
 *
 * @param event an S3 notification, or an event from S3 on EventBridge.
 * @throws UnknownEvent
 */
export function parseS3Event(event: unknown): EventContent {
  if (v.is(testEventSchema, event)) return contentOf([{ reason: 'test-event' }]);
  const isEventBridge = v.is(v.object({ 'detail-type': v.unknown() }), event);
  return contentOf(isEventBridge ? [fromEventBridge(event)] : fromNotification(event));
}

/** An object that a person or a job names, whichever upload created it. */
export function requested(object: Pick<ImageRef, 'bucket' | 'key' | 'versionId' | 'eTag'>): EventContent {
  return contentOf([{ ...object, isCopy: false, isRequested: true }]);
}

/** S3 names are UTF-8 and cannot contain half a surrogate pair, which JSON can. */
export const unicode = v.pipe(v.string(), v.regex(/^\P{Surrogate}*$/u));

/** ETags go into headers and into the object's metadata. */
export const eTag = v.pipe(v.string(), v.regex(/^[ -~]*$/));

/**
 * Decodes a key of a notification or a batch job: form-encoded, with `+` for a space and `%2B` for a plus.
 *
 * @throws UnknownEvent
 */
export function decodeKey(key: string): string {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch {
    throw new UnknownEvent('the object key is not URL-encoded, as it is in S3 events');
  }
}

/**
 * True for an empty object whose key ends in `/`, as consoles create it for a folder.
 *
 * @param size undefined if it is not known, as in requests and jobs: the object has to be read.
 */
export function isFolder(key: string, size: number | undefined): boolean {
  return key.endsWith('/') && size === 0;
}

function unlessFolder(ref: ImageRef): ImageRef | IgnoredRecord {
  const { bucket, key, size } = ref;
  return isFolder(key, size) ? { reason: 'folder', bucket, key } : ref;
}

const testEventSchema = v.object({ Service: v.literal('Amazon S3'), Event: v.literal('s3:TestEvent') });

// Deletions have neither size nor eTag. On buckets without versions the version is absent, null or empty.
const objectFields = {
  key: unicode,
  size: v.exactOptional(v.number()),
  sequencer: v.exactOptional(v.string()),
};

const notificationSchema = v.object({
  Records: v.array(
    v.object({
      eventSource: v.literal('aws:s3'),
      eventName: v.string(),
      userIdentity: v.exactOptional(v.object({ principalId: v.string() })),
      s3: v.object({
        bucket: v.object({ name: unicode }),
        object: v.object({ ...objectFields, eTag: v.exactOptional(eTag), versionId: v.nullish(unicode) }),
      }),
    }),
  ),
});

function fromNotification(event: unknown): (ImageRef | IgnoredRecord)[] {
  const { Records } = validate(notificationSchema, event, 'an S3 notification');
  return Records.map(({ eventName, userIdentity, s3: { bucket, object } }) => {
    const { versionId, ...fields } = object;
    const name = { bucket: bucket.name, key: decodeKey(object.key) };
    if (!eventName.startsWith('ObjectCreated:')) {
      const isDeletion = /^(ObjectRemoved|LifecycleExpiration):/.test(eventName);
      return { reason: isDeletion ? 'deletion' : 'not-an-upload', ...name };
    }
    return unlessFolder({
      ...fields,
      ...(versionId && { versionId }),
      ...name,
      isCopy: eventName === 'ObjectCreated:Copy',
      ...(userIdentity !== undefined && { requester: userIdentity.principalId }),
    });
  });
}

const eventBridgeSchema = v.object({
  source: v.literal('aws.s3'),
  'detail-type': v.string(),
  detail: v.object({
    bucket: v.object({ name: unicode }),
    object: v.object({ ...objectFields, etag: v.exactOptional(eTag), 'version-id': v.nullish(unicode) }),
    reason: v.exactOptional(v.string()),
  }),
});

// The event's `requester` is an account, which does not tell the function from its neighbours: the object's mark decides.
function fromEventBridge(event: unknown): ImageRef | IgnoredRecord {
  const { 'detail-type': type, detail } = validate(eventBridgeSchema, event, 'an EventBridge event of S3');
  const { etag, 'version-id': versionId, ...object } = detail.object;
  const bucket = detail.bucket.name;
  if (type !== 'Object Created') {
    return { reason: type === 'Object Deleted' ? 'deletion' : 'not-an-upload', bucket, key: object.key };
  }
  return unlessFolder({
    ...object,
    bucket,
    isCopy: detail.reason === 'CopyObject',
    ...(etag !== undefined && { eTag: etag }),
    ...(versionId && { versionId }),
  });
}
