/** What S3 itself says of a new object, by notification or through EventBridge -> the images it is about. */
import * as v from 'valibot';
import type { ImageRef } from './image-ref.ts';
import { UnknownEvent, validate } from './unknown-event.ts';

/**
 * The images that S3 tells of. Deletions and other changes, folders and S3's test event give none.
 *
 * @param event An S3 notification, or an event of S3's on EventBridge.
 * @throws UnknownEvent
 */
export function parseImageEvent(event: unknown): ImageRef[] {
  if (v.is(testEventSchema, event)) return [];
  const images = v.is(v.object({ 'detail-type': v.unknown() }), event)
    ? fromEventBridge(event)
    : fromNotification(event);
  return images.filter(isNoFolder);
}

/** The image that somebody names, whatever upload it came by; none for a folder. */
export function imageNamed(object: Pick<ImageRef, 'bucket' | 'key' | 'versionId'>): ImageRef[] {
  return isNoFolder(object) ? [{ ...object, isCopy: false }] : [];
}

/** Names in S3 are UTF-8: half a surrogate pair, which JSON can hold, could not be sent there. */
export const unicode = v.pipe(v.string(), v.regex(/^\P{Surrogate}*$/u));

/**
 * Decodes a key as notifications and batch jobs carry it: form-encoded, `+` for a space and `%2B` for a plus.
 *
 * @throws UnknownEvent
 */
export function decodeKey(key: string): string {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch {
    throw new UnknownEvent('the object key is not URL-encoded, as S3 has it in events');
  }
}

// A folder, as consoles make it, is an empty object whose key ends in `/`.
function isNoFolder({ key, size = 0 }: Pick<ImageRef, 'key' | 'size'>): boolean {
  return !key.endsWith('/') || size > 0;
}

const testEventSchema = v.object({ Service: v.literal('Amazon S3'), Event: v.literal('s3:TestEvent') });

// Deletions have neither size nor eTag; the version is absent, null or empty where there are none.
const aboutTheObject = {
  key: unicode,
  size: v.exactOptional(v.number()),
  sequencer: v.exactOptional(v.string()),
};

// It goes into headers and into the object's metadata.
const eTag = v.pipe(v.string(), v.regex(/^[ -~]*$/));

const notificationSchema = v.object({
  Records: v.array(
    v.object({
      eventSource: v.literal('aws:s3'),
      eventName: v.string(),
      userIdentity: v.exactOptional(v.object({ principalId: v.string() })),
      s3: v.object({
        bucket: v.object({ name: unicode }),
        object: v.object({
          ...aboutTheObject,
          eTag: v.exactOptional(eTag),
          versionId: v.nullish(unicode),
        }),
      }),
    }),
  ),
});

function fromNotification(event: unknown): ImageRef[] {
  return validate(notificationSchema, event, 'an S3 notification')
    .Records.filter(({ eventName }) => eventName.startsWith('ObjectCreated:'))
    .map(
      ({
        eventName,
        userIdentity,
        s3: {
          bucket,
          object: { versionId, ...object },
        },
      }) => ({
        ...object,
        ...(versionId && { versionId }),
        bucket: bucket.name,
        key: decodeKey(object.key),
        isCopy: eventName === 'ObjectCreated:Copy',
        ...(userIdentity !== undefined && { requester: userIdentity.principalId }),
      }),
    );
}

const eventBridgeSchema = v.object({
  source: v.literal('aws.s3'),
  'detail-type': v.string(),
  detail: v.object({
    bucket: v.object({ name: unicode }),
    object: v.object({
      ...aboutTheObject,
      etag: v.exactOptional(eTag),
      'version-id': v.nullish(unicode),
    }),
    reason: v.exactOptional(v.string()),
  }),
});

// Its `requester` is an account, which does not tell the function from anybody else there: the object's mark decides.
function fromEventBridge(event: unknown): ImageRef[] {
  const { 'detail-type': type, detail } = validate(eventBridgeSchema, event, 'an EventBridge event of S3');
  if (type !== 'Object Created') return [];
  const { etag, 'version-id': versionId, ...object } = detail.object;
  return [
    {
      ...object,
      bucket: detail.bucket.name,
      isCopy: detail.reason === 'CopyObject',
      ...(etag !== undefined && { eTag: etag }),
      ...(versionId && { versionId }),
    },
  ];
}
