/** What invokes the function -> the images it is about. */
import * as v from 'valibot';

/** An object that somebody has put into a bucket, as the event describes it. */
export interface ImageRef {
  readonly bucket: string;
  /** Decoded, as the S3 API takes it. */
  readonly key: string;
  /** Only on versioned buckets. */
  readonly versionId?: string;
  /** Of the bytes the event is about, without quotes. */
  readonly eTag: string;
  /** Whether the object came to be by CopyObject: then it may be our own copy. */
  readonly isCopy: boolean;
  /** `AWS:ROLEID:SESSION` or the like; a function's session bears its name. */
  readonly requester?: string;
}

/** An event of a shape that is not known; the message shows the shape without the values. */
export class UnknownEvent extends Error {
  override readonly name = 'UnknownEvent';
}

/**
 * The images that an event is about. Folders (keys that end in `/`), deletions and S3's test event give none.
 *
 * @param event An S3 notification.
 * @throws UnknownEvent
 */
export const parseEvent = (event: unknown): ImageRef[] => {
  if (v.is(testEventSchema, event)) return [];
  const notification = v.safeParse(notificationSchema, event);
  if (!notification.success) {
    throw new UnknownEvent(
      `not an S3 notification: ${v.getDotPath(notification.issues[0]) ?? 'the event'}: ${notification.issues[0].message}; its shape is ${describeShape(event)}`,
    );
  }
  return notification.output.Records.filter(({ eventName }) => eventName.startsWith('ObjectCreated:'))
    .map(toImageRef)
    .filter(({ key }) => !key.endsWith('/'));
};

const testEventSchema = v.object({ Service: v.literal('Amazon S3'), Event: v.literal('s3:TestEvent') });

const notificationSchema = v.object({
  Records: v.array(
    v.object({
      eventSource: v.literal('aws:s3'),
      eventName: v.string(),
      userIdentity: v.exactOptional(v.object({ principalId: v.string() })),
      s3: v.object({
        bucket: v.object({ name: v.string() }),
        // Deletions have no eTag.
        object: v.object({
          key: v.string(),
          eTag: v.exactOptional(v.string(), ''),
          versionId: v.exactOptional(v.string()),
        }),
      }),
    }),
  ),
});

type NotificationRecord = v.InferOutput<typeof notificationSchema>['Records'][number];

const toImageRef = ({ eventName, userIdentity, s3: { bucket, object } }: NotificationRecord): ImageRef => ({
  bucket: bucket.name,
  key: decodeKey(object.key),
  ...(object.versionId !== undefined && { versionId: object.versionId }),
  eTag: object.eTag,
  isCopy: eventName === 'ObjectCreated:Copy',
  ...(userIdentity !== undefined && { requester: userIdentity.principalId }),
});

// Notifications carry keys form-encoded: `+` stands for a space and `%2B` for a plus.
const decodeKey = (key: string): string => {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch {
    throw new UnknownEvent(
      `the object key ${JSON.stringify(key)} is not URL-encoded, as S3 notifications have it`,
    );
  }
};

/** Names and types of a value, two levels deep: enough to see what was sent, and nothing of what it says. */
const describeShape = (value: unknown, depth = 3): string => {
  if (Array.isArray(value)) return value.length === 0 ? '[]' : `[${describeShape(value[0], depth)}]`;
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value;
  if (depth === 0) return '{…}';
  const fields = Object.entries(value).slice(0, 20);
  return `{${fields.map(([name, field]) => `${name}: ${describeShape(field, depth - 1)}`).join(', ')}}`;
};
