import { S3Client } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Crc64Nvme } from '../../../functions/classify/crc64-nvme.ts';
import { openObject } from '../../../functions/classify/object/open-object.ts';
import { startS3, type TestS3 } from '../../support/aws/s3.ts';
import { randomFrom } from '../../support/random.ts';

async function digestOf(...pieces: Uint8Array[]): Promise<string> {
  const checksum = new Crc64Nvme();
  for (const piece of pieces) checksum.update(piece);
  return Buffer.from(await checksum.digest()).toString('hex');
}

describe('Crc64Nvme', () => {
  it.each([
    // https://reveng.sourceforge.io/crc-catalogue/all.htm#crc.cat.crc-64-nvme
    ['123456789', 'ae8b14860a799888'],
    ['', '0000000000000000'],
  ])('of %j is %s', async (text, expected) => {
    expect(await digestOf(Buffer.from(text))).toBe(expected);
  });

  it('does not depend on how the bytes arrive', async () => {
    const random = randomFrom(1);
    const bytes = Uint8Array.from({ length: 200_003 }, () => 256 * random());
    const pieces = [0, 7, 65_543, 65_543, 131_079].map((from, i, starts) =>
      bytes.subarray(from, starts[i + 1]),
    );

    expect(await digestOf(bytes)).toBe(await digestOf(...pieces));
  });

  it('begins again after a reset', async () => {
    const checksum = new Crc64Nvme();
    checksum.update(Buffer.from('pixels'));
    checksum.reset();
    checksum.update(Buffer.from('123456789'));

    expect(Buffer.from(await checksum.digest()).toString('hex')).toBe('ae8b14860a799888');
  });
});

describe('an object with a CRC-64/NVME', () => {
  let s3: TestS3;
  let client: S3Client;
  beforeEach(async () => {
    s3 = await startS3();
    client = new S3Client({
      endpoint: s3.endpoint,
      region: 'eu-west-1',
      forcePathStyle: true,
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      checksumAlgorithms: { CRC64NVME: Crc64Nvme },
    });
  });
  afterEach(() => {
    client.destroy();
    return s3.close();
  });

  async function read(checksum: string): Promise<string> {
    s3.put('a.jpg', Buffer.from('123456789'), { 'x-amz-checksum-crc64nvme': checksum });
    const ref = { bucket: 'photos', key: 'a.jpg', isCopy: false };
    const object = await openObject(client, ref, 'labels', new AbortController().signal);
    return Buffer.from((await object!.read({ maxBytes: 100 })).bytes).toString();
  }

  it('is read if the bytes match', async () => {
    expect(await read(Buffer.from('ae8b14860a799888', 'hex').toString('base64'))).toBe('123456789');
  });

  it('is not read if they do not', async () => {
    await expect(read(Buffer.from('ae8b14860a799889', 'hex').toString('base64'))).rejects.toThrow(
      'Checksum mismatch',
    );
  });
});
