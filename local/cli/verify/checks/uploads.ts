/** Checks of the ways in which an object comes into a bucket, and of the keys that it may have. */
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { assertHolds, type Check } from '../check.ts';
import { describeLabels, keyOf, labelled, put, taken, upload } from '../objects.ts';
import { catPhoto, heavyPhoto } from '../photos.ts';
import { signForm } from '../post-form.ts';
import type { Target } from '../target.ts';

const adviceIfMissed =
  'look for the upload in the log (docs/operations.md#log); without a line, S3 has sent no event: compare prefix and suffixes';

const minPartBytes = 5 * 1024 * 1024;

export const multipart: Check = {
  id: 'multipart',
  promise: 'an upload in parts is labelled',
  does: 'uploads a JPEG of 5.7 MB, most of it application data, in two parts',
  advice: adviceIfMissed,
  run: async (target) => {
    const bytes = await heavyPhoto();
    const sent = await upload(target, 'parts.jpg', () => sendInParts(target, 'parts.jpg', bytes));
    assertHolds(sent.eTag.endsWith('-2'), `its ETag is ${sent.eTag}: not of an upload in two parts`);
    return `ETag ${sent.eTag}; ${describeLabels(await labelled(target, sent))}`;
  },
};

async function sendInParts(target: Target, name: string, bytes: Buffer) {
  const { s3 } = target.clients;
  const object = { Bucket: target.deployment.BucketName, Key: keyOf(target, name) };
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand(object));
  const parts = [bytes.subarray(0, minPartBytes), bytes.subarray(minPartBytes)];
  const Parts = await Promise.all(
    parts.map(async (Body, index) => {
      const PartNumber = index + 1;
      const { ETag, ChecksumCRC32 } = await s3.send(
        new UploadPartCommand({ ...object, UploadId, PartNumber, Body }),
      );
      return { ETag, PartNumber, ...(ChecksumCRC32 && { ChecksumCRC32 }) };
    }),
  );
  return s3.send(new CompleteMultipartUploadCommand({ ...object, UploadId, MultipartUpload: { Parts } }));
}

export const presignedPut: Check = {
  id: 'presigned-put',
  promise: 'an upload to a presigned URL is labelled',
  does: 'sends a photo to a presigned URL, as a browser does',
  advice: adviceIfMissed,
  run: async (target) => {
    const Key = keyOf(target, 'presigned-put');
    const command = new PutObjectCommand({ Bucket: target.deployment.BucketName, Key });
    const url = await getSignedUrl(target.clients.s3, command, { expiresIn: 600 });
    const body = await catPhoto();
    const headers = { 'content-type': 'image/png' };
    const sent = await upload(target, 'presigned-put', async () => {
      const answer = await fetch(url, { method: 'PUT', headers, body, signal: target.signal });
      return taken(target, Key, answer);
    });
    return describeLabels(await labelled(target, sent));
  },
};

export const presignedPost: Check = {
  id: 'presigned-post',
  promise: "an upload by a page's form is labelled",
  does: 'sends a photo by a presigned POST, as an HTML form does',
  advice: adviceIfMissed,
  run: async (target) => {
    const { s3 } = target.clients;
    const bucket = target.deployment.BucketName;
    const key = keyOf(target, 'presigned-post');
    // A presigned URL has the bucket's address, whatever its region and style.
    const url = new URL(await getSignedUrl(s3, new PutObjectCommand({ Bucket: bucket, Key: 'x' })));
    const action = `${url.origin}${url.pathname.slice(0, -'x'.length)}`;
    const form = new FormData();
    const fields = await signForm(s3, { bucket, key, contentType: 'image/png' });
    for (const [name, value] of Object.entries(fields)) form.set(name, value);
    form.set('file', new Blob([await catPhoto()]), 'cat.png');
    const sent = await upload(target, 'presigned-post', async () => {
      const answer = await fetch(action, { method: 'POST', body: form, signal: target.signal });
      return taken(target, key, answer);
    });
    return describeLabels(await labelled(target, sent));
  },
};

export const copyLabelled: Check = {
  id: 'copy',
  promise: 'a copy to another key has labels, and an event of its own',
  does: 'copies a labelled object within the bucket',
  advice: adviceIfMissed,
  leftOut: ({ settings }) => (settings.copies ? undefined : 'copies=false: copies are not labelled'),
  run: async (target) => {
    const source = await put(target, 'copied', await catPhoto());
    await labelled(target, source);
    const Bucket = target.deployment.BucketName;
    const CopySource = `${Bucket}/${source.key.split('/').map(encodeURIComponent).join('/')}`;
    const copy = await upload(target, 'copy', async () => {
      const command = new CopyObjectCommand({ Bucket, Key: keyOf(target, 'copy'), CopySource });
      const { CopyObjectResult, VersionId } = await target.clients.s3.send(command);
      return { ETag: CopyObjectResult?.ETag, VersionId };
    });
    const found = await labelled(target, copy);
    return `${found.event ? 'an event of its own; ' : ''}${describeLabels(found)}`;
  },
};

/** Names by what is odd about them; the key's text is what is uploaded. */
const oddNames = [
  'printable !"#$%&\'()*+,-.:;<=>?@[\\]^_`{|}~',
  'percent %2F %41 %zz',
  'plus+and space ',
  'umlauts äöü, 日本語, 🐈',
  'decomposed e\u0301',
  'a/../b/./dots',
  './dot',
  'a//empty',
  'tab\tand line\nbreak',
  '\u200ehidden\u202e',
  'long '.padEnd(700, 'x'),
];

export const oddKeys: Check = {
  id: 'odd-keys',
  promise: 'objects are labelled whatever characters their keys have',
  does: `uploads a photo to ${oddNames.length} keys: all printable characters, percent signs, plus and space, Unicode, dot segments, control characters, 700 characters`,
  advice: 'report the key with --json',
  run: async (target) => {
    const photo = await catPhoto();
    for (const [index, name] of oddNames.entries()) {
      const sent = await put(target, `odd/${index} ${name}`, photo);
      await labelled(target, { ...sent, name: JSON.stringify(name.slice(0, 40)) });
    }
    return `${oddNames.length} of ${oddNames.length} labelled`;
  },
};
