/** Checks that everything else about an object stays as its uploader set it. */
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { Check } from '../check.ts';
import { keyOf, type PutOptions, put, taken, upload } from '../objects.ts';
import { catPhoto } from '../photos.ts';
import type { Target, Upload } from '../target.ts';
import { compareWithTwin } from '../twin.ts';

type Returned = Parameters<typeof compareWithTwin>[3];

interface Kept extends Pick<Check, 'id' | 'promise' | 'leftOut'> {
  /** How the photo is uploaded. */
  readonly how: string;
  readonly options: (target: Target) => PutOptions;
  readonly returned: Returned;
}

/** The headers that S3 keeps for the downloads of an object. */
const headers = {
  ContentType: 'image/png',
  CacheControl: 'max-age=60',
  ContentDisposition: 'inline; filename="cat.png"',
  ContentLanguage: 'en, de',
  ContentEncoding: 'identity',
  WebsiteRedirectLocation: '/cats.html',
  Expires: new Date('2037-10-21T07:28:00Z'),
} satisfies PutOptions;

const hourMs = 3_600_000;

const adviceIfLost =
  'report it with --json; until it is fixed, writeBack=annotation, tags or none, which copy nothing, keep it';

export const keptChecks: readonly Check[] = [
  keptCheck({
    id: 'headers-kept',
    promise: 'every header and all metadata of the uploader are kept',
    how: 'with all headers that S3 keeps, and metadata of its own',
    options: () => ({ ...headers, Metadata: { author: 'jane', 'labels-of-hers': 'mine' } }),
    returned: ['ContentType', 'CacheControl', 'ContentDisposition', 'ContentLanguage', 'ExpiresString'],
  }),
  {
    id: 'non-ascii-kept',
    promise: 'headers and metadata beyond ASCII are kept',
    does: does("with a Content-Disposition of 'été.jpg' and the metadata 'Zürich', as UTF-8"),
    advice: adviceIfLost,
    run: (target) =>
      compare(target, 'non-ascii-kept', ['ContentDisposition'], async (name, options, expected) => {
        const Key = keyOf(target, name);
        const object = {
          ...options,
          Bucket: target.deployment.BucketName,
          Key,
          Metadata: { place: 'Zürich' },
        };
        // The SDK signs other bytes than it sends in a header; a presigned URL holds the metadata itself.
        const url = await getSignedUrl(target.clients.s3, new PutObjectCommand(object), { expiresIn: 600 });
        const headers = { 'content-disposition': asBytes('attachment; filename="été.jpg"') };
        const body = await catPhoto();
        const send = () => fetch(url, { method: 'PUT', headers, body, signal: target.signal });
        return upload(target, name, async () => taken(target, Key, await send()), expected);
      }),
  },
  keptCheck({
    id: 'tags-kept',
    promise: "the uploader's tags are kept",
    how: 'with two tags',
    options: () => ({ Tagging: 'album=cats&year=2026' }),
    returned: [],
  }),
  keptCheck({
    id: 'checksum-kept',
    promise: 'the checksum is kept, by its algorithm',
    how: 'with a SHA-256',
    options: () => ({ ChecksumAlgorithm: 'SHA256' }),
    returned: ['ChecksumSHA256'],
  }),
  keptCheck({
    id: 'storage-class-kept',
    promise: 'the storage class is kept',
    how: 'in STANDARD_IA',
    options: () => ({ StorageClass: 'STANDARD_IA' }),
    returned: ['StorageClass'],
  }),
  keptCheck({
    id: 'sse-kms-kept',
    promise: 'encryption with KMS, its key and its bucket key are kept',
    how: "encrypted with KMS by the account's key aws/s3, with a bucket key",
    options: ({ isEmulated }) => ({
      ServerSideEncryption: 'aws:kms',
      BucketKeyEnabled: true,
      // AWS takes its own key by default; the emulator wants its name.
      ...(isEmulated && { SSEKMSKeyId: 'alias/aws/s3' }),
    }),
    returned: ['ServerSideEncryption', 'SSEKMSKeyId'],
  }),
  keptCheck({
    id: 'lock-kept',
    promise: 'retention and legal hold are kept',
    how: 'with a legal hold, and in governance mode for an hour',
    options: () => ({
      ObjectLockLegalHoldStatus: 'ON',
      ObjectLockMode: 'GOVERNANCE',
      ObjectLockRetainUntilDate: new Date(Date.now() + hourMs),
    }),
    returned: ['ObjectLockLegalHoldStatus', 'ObjectLockMode', 'ObjectLockRetainUntilDate'],
    leftOut: ({ settings }) => (settings.objectLock ? undefined : 'the bucket has no Object Lock'),
  }),
];

function keptCheck({ id, promise, how, leftOut, options, returned }: Kept): Check {
  return {
    id,
    promise,
    does: does(how),
    advice: adviceIfLost,
    ...(leftOut && { leftOut }),
    run: async (target) => {
      const given = options(target);
      const photo = await catPhoto();
      return compare(target, id, returned, (name, { Tagging }, expected) => {
        const tags = [given.Tagging, Tagging].filter((text) => text !== undefined);
        const tagging = tags.length > 0 ? { Tagging: tags.join('&') } : {};
        return put(target, name, photo, { ...given, ...tagging }, expected);
      });
    },
  };
}

type Send = (name: string, options: PutOptions, expected: Upload['expected']) => Promise<Upload>;

/** Uploads the object and its twin. */
async function compare(target: Target, id: string, returned: Returned, send: Send): Promise<string> {
  const { metadataPrefix } = target.settings;
  const twin = await send(`${id}-twin`, { Tagging: `${metadataPrefix}=skip` }, 'Image Skipped');
  const object = await send(id, {}, 'Image Classified');
  const names = await compareWithTwin(target, object, twin, returned);
  return `the same: tags, ${names.join(', ')}`;
}

function does(how: string): string {
  return `uploads a photo ${how}, and a twin that opts out of labels; compares what S3 returns of the two`;
}

/** UTF-8 as Node.js sends it in headers: one character for each byte. */
function asBytes(text: string): string {
  return Buffer.from(text).toString('latin1');
}
