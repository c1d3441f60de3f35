/** The uploads that the measured programs label, in the tests' S3. */
import { readFileSync } from 'node:fs';
import { Crc64Nvme } from '../functions/classify/crc64-nvme.ts';
import { notification } from '../test/support/aws/events.ts';
import type { TestS3 } from '../test/support/aws/s3.ts';
import type { Picture } from './pictures.ts';

/** Uploads pictures as S3 stores them by default. @returns The event of an upload. */
export function createUploads(s3: TestS3): (picture: Picture) => Promise<object> {
  const uploads = new Map<string, () => void>();
  // Without labels again: an object that has its labels is not copied, and each image is to cost what an upload does.
  s3.onCreated(({ key, eventName }) => {
    if (eventName === 'ObjectCreated:Copy') uploads.get(key)?.();
  });
  return async ({ name, file, format }) => {
    const bytes = readFileSync(file);
    const headers = {
      'content-type': `image/${format}`,
      'x-amz-checksum-crc64nvme': await checksumOf(bytes),
      'x-amz-checksum-type': 'FULL_OBJECT',
    };
    uploads.set(name, () => s3.put(name, bytes, headers));
    const { eTag } = s3.put(name, bytes, headers);
    return notification(name, { eTag, size: bytes.length });
  };
}

async function checksumOf(bytes: Uint8Array): Promise<string> {
  const checksum = new Crc64Nvme();
  checksum.update(bytes);
  return Buffer.from(await checksum.digest()).toString('base64');
}
