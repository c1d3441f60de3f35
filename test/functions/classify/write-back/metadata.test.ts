import { createHash } from 'node:crypto';
import { S3Client } from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ImageRef } from '../../../../functions/classify/event/image-ref.ts';
import type { Prediction } from '../../../../functions/classify/network/prediction.ts';
import { keyHash } from '../../../../functions/classify/object/mark.ts';
import { openObject } from '../../../../functions/classify/object/open-object.ts';
import type { Labels } from '../../../../functions/classify/write-back/labels.ts';
import { labelMetadata, writeMetadata } from '../../../../functions/classify/write-back/metadata.ts';
import { type StoredVersion, startS3, type TestS3 } from '../../../support/aws/s3.ts';

function prediction(label: string, score: number): Prediction {
  return { index: 0, id: '0', label, score };
}
const labels = {
  predictions: [
    prediction('Indian_elephant', 0.82664),
    prediction('tusker', 0.11224),
    prediction('African_elephant', 0.061),
  ],
  model: { name: 'resnet50', sha256: '2cb95161'.padEnd(64, '0') },
  metadataPrefix: 'labels',
};
const { signal } = new AbortController();
const bytes = Buffer.from('the very bytes');

function refTo(key: string, { eTag, versionId }: StoredVersion): ImageRef {
  return { bucket: 'photos', key, eTag, versionId, isCopy: false };
}
/** UTF-8 as Node.js shows it in headers: one character per byte. */
function utf8(text: string) {
  return Buffer.from(text).toString('latin1');
}
function metadataOf(version: StoredVersion | undefined) {
  return Object.fromEntries(
    Object.entries(version?.headers ?? {})
      .filter(([name]) => name.startsWith('x-amz-meta-'))
      .map(([name, value]) => [name.slice('x-amz-meta-'.length), value]),
  );
}

describe('writing labels', () => {
  let s3: TestS3;
  beforeEach(async () => {
    s3 = await startS3({ versioned: true });
  });
  afterEach(() => s3.close());

  const label = async (
    key: string,
    version: StoredVersion,
    written: Labels = labels,
    more: Partial<ImageRef> = {},
  ) => {
    const ref = { ...refTo(key, version), ...more };
    const object = await openObject(s3.client, ref, 'labels', signal);
    const { md5 } = await object!.read({ maxBytes: 1000 });
    return writeMetadata(s3.client, ref, object!.head, { ...written, contentMd5: md5 }, signal);
  };

  it('keeps the tags and the annotations', async () => {
    const uploaded = s3.put('a.jpg', bytes, {}, { album: 'zoo' });

    await label('a.jpg', uploaded);

    expect(s3.current('a.jpg')?.tags).toEqual({ album: 'zoo' });
    expect(s3.requests.at(-1)?.headers).not.toHaveProperty('x-amz-tagging-directive');
    expect(s3.requests.at(-1)?.headers).not.toHaveProperty('x-amz-annotation-directive');
  });

  it('writes the labels, the model and the mark', async () => {
    const uploaded = s3.put('a.jpg', bytes);

    expect(await label('a.jpg', uploaded)).toBe('written');

    expect(metadataOf(s3.current('a.jpg'))).toEqual({
      labels: 'Indian_elephant=0.8266,tusker=0.1122,African_elephant=0.0610',
      'labels-model': 'resnet50/2cb95161',
      'labels-mark': `${uploaded.eTag}/${keyHash({ bucket: 'photos', key: 'a.jpg' })}`,
    });
  });

  it.each([
    ['the content type', { 'content-type': 'image/jpeg' }],
    ['the content encoding', { 'content-encoding': 'gzip' }],
    ['the content language', { 'content-language': 'de-CH' }],
    ['the content disposition', { 'content-disposition': 'attachment; filename="Zo%C3%AB.jpg"' }],
    ['the cache-control', { 'cache-control': 'max-age=31536000, immutable' }],
    ['the expiry date', { expires: 'Wed, 21 Oct 2037 07:28:00 GMT' }],
    ['an expiry that is no date', { expires: 'never' }],
    ['the website redirect', { 'x-amz-website-redirect-location': '/elsewhere.jpg' }],
    ['the storage class', { 'x-amz-storage-class': 'INTELLIGENT_TIERING' }],
    ['S3-managed encryption', { 'x-amz-server-side-encryption': 'AES256' }],
    [
      'the encryption key',
      {
        'x-amz-server-side-encryption': 'aws:kms',
        'x-amz-server-side-encryption-aws-kms-key-id': 'arn:aws:kms:eu-west-1:111122223333:key/k',
        'x-amz-server-side-encryption-bucket-key-enabled': 'true',
      },
    ],
    [
      'the object lock',
      {
        'x-amz-object-lock-mode': 'COMPLIANCE',
        'x-amz-object-lock-retain-until-date': '2037-10-21T07:28:00Z',
        'x-amz-object-lock-legal-hold': 'ON',
        'x-amz-object-lock-event-hold': 'ON',
        'x-amz-object-lock-event-hold-duration-days': '30',
      },
    ],
    [
      'an event hold of years',
      { 'x-amz-object-lock-event-hold': 'ON', 'x-amz-object-lock-event-hold-duration-years': '2' },
    ],
    [
      "the user's own metadata",
      { 'x-amz-meta-photographer': 'Zoe', 'x-amz-meta-empty': '', 'x-amz-meta-labels-of-mine': 'x' },
    ],
    [
      "metadata keys that JavaScript's objects have",
      { 'x-amz-meta-__proto__': 'a', 'x-amz-meta-constructor': 'b' },
    ],
    ['a disposition in UTF-8', { 'content-disposition': utf8('attachment; filename="vacances-été.jpg"') }],
    ['a disposition in ISO-8859-1', { 'content-disposition': 'attachment; filename="vacances-été.jpg"' }],
    ['a content type in UTF-8', { 'content-type': utf8('image/jpeg; name="写真.jpg"') }],
    ['a content type in ISO-8859-1', { 'content-type': 'image/jpeg; name="été.jpg"' }],
    ['a cache-control beyond ASCII', { 'cache-control': utf8('max-age=1, für=immer') }],
    ['an expiry beyond ASCII', { expires: utf8('nächste Woche') }],
    ['a website redirect in UTF-8', { 'x-amz-website-redirect-location': utf8('/été.jpg') }],
    [
      'metadata in UTF-8 from servers that do not encode it',
      { 'x-amz-meta-title': utf8('Ferien in Zürich') },
    ],
    ['non-ASCII metadata as S3 returns it', { 'x-amz-meta-title': '=?UTF-8?B?w7xiZXI=?=' }],
  ])('keeps %s that the uploader set', async (_, headers: Record<string, string>) => {
    const uploaded = s3.put('a.jpg', bytes, headers);

    await label('a.jpg', uploaded);

    const labelled = s3.current('a.jpg');
    expect(labelled?.versionId).not.toBe(uploaded.versionId);
    expect(labelled?.headers).toMatchObject(headers);
    expect(labelled?.bytes).toEqual(bytes);
  });

  it.each(['crc32', 'crc32c', 'crc64nvme', 'sha1', 'sha256'])(
    'keeps the checksum algorithm: %s',
    async (algorithm) => {
      const uploaded = s3.put('a.jpg', bytes, { [`x-amz-checksum-${algorithm}`]: 'made-of-parts-2' });

      await label('a.jpg', uploaded);

      expect(s3.requests.at(-1)?.headers['x-amz-checksum-algorithm']).toBe(algorithm.toUpperCase());
    },
  );

  it('copies the version it has read, on condition of the bytes it has read', async () => {
    const uploaded = s3.put('a b/ü+%.jpg', bytes);

    expect(await label('a b/ü+%.jpg', uploaded)).toBe('written');

    expect(s3.requests.at(-1)?.headers).toMatchObject({
      'x-amz-copy-source': `photos/a%20b/%C3%BC%2B%25.jpg?versionId=${uploaded.versionId}`,
      'x-amz-copy-source-if-match': `"${uploaded.eTag}"`,
      'if-match': `"${uploaded.eTag}"`,
      'x-amz-metadata-directive': 'REPLACE',
    });
  });

  it('never changes a newer upload', async () => {
    const uploaded = s3.put('a.jpg', bytes);
    s3.failWith(({ operation }) => {
      if (operation === 'CopyObject') s3.put('a.jpg', Buffer.from('newer'), { 'x-amz-meta-new': 'yes' });
      return undefined;
    });

    expect(await label('a.jpg', uploaded)).toBe('superseded');

    expect(s3.current('a.jpg')?.bytes.toString()).toBe('newer');
    expect(metadataOf(s3.current('a.jpg'))).toEqual({ new: 'yes' });
  });

  it('does not restore a deleted object', async () => {
    const uploaded = s3.put('a.jpg', bytes);
    s3.failWith(({ operation }) => {
      if (operation === 'CopyObject') s3.remove('a.jpg');
      return undefined;
    });

    expect(await label('a.jpg', uploaded)).toBe('superseded');

    expect(s3.current('a.jpg')).toBeUndefined();
  });

  it('writes once if KMS gives the copy another ETag', async () => {
    const uploaded = s3.put('a.jpg', bytes, { 'x-amz-server-side-encryption': 'aws:kms' });

    expect(await label('a.jpg', uploaded)).toBe('written');
    expect(await label('a.jpg', uploaded)).toBe('written');

    expect(s3.current('a.jpg')?.eTag).not.toBe(uploaded.eTag);
    expect(s3.versions('a.jpg')).toHaveLength(2);
  });

  it('writes once when the same event comes twice', async () => {
    const uploaded = s3.put('a.jpg', bytes);

    expect(await label('a.jpg', uploaded)).toBe('written');
    expect(await label('a.jpg', uploaded)).toBe('written');

    expect(s3.versions('a.jpg')).toHaveLength(2);
  });

  it('removes a general label that no longer holds, if a person or a job asks for it', async () => {
    const uploaded = s3.put('a.jpg', bytes);
    await label('a.jpg', uploaded, { ...labels, general: { id: 'n1', label: 'elephant', score: 0.99 } });
    expect(metadataOf(s3.current('a.jpg'))).toHaveProperty('labels-general');

    expect(await label('a.jpg', uploaded, labels, { isRequested: true })).toBe('written');

    expect(metadataOf(s3.current('a.jpg'))).not.toHaveProperty('labels-general');
  });

  it('does not write again the labels that this model wrote in another bucket', async () => {
    const elsewhere = keyHash({ bucket: 'replica', key: 'a.jpg' });
    const uploaded = s3.put('a.jpg', bytes, {
      'x-amz-meta-labels': 'tusker=0.9000',
      'x-amz-meta-labels-model': 'resnet50/2cb95161',
      'x-amz-meta-labels-mark': `${s3.put('b.jpg', bytes).eTag}/${elsewhere}`,
    });

    expect(await label('a.jpg', uploaded)).toBe('written');

    expect(s3.versions('a.jpg')).toEqual([uploaded]);
  });

  it('writes if the labels are of other bytes', async () => {
    const uploaded = s3.put('a.jpg', bytes, {
      'x-amz-meta-labels-model': 'resnet50/2cb95161',
      'x-amz-meta-labels-mark': `${'0'.repeat(32)}/${keyHash({ bucket: 'photos', key: 'b.jpg' })}`,
    });

    expect(await label('a.jpg', uploaded)).toBe('written');

    expect(s3.versions('a.jpg')).toHaveLength(2);
  });

  it('keeps the labels of another model that have replaced its own', async () => {
    const [here, there] = ['photos', 'replica'].map((bucket) => keyHash({ bucket, key: 'a.jpg' }));
    const uploaded = s3.put('a.jpg', bytes, {
      'x-amz-meta-labels-model': 'other/00000000',
      'x-amz-meta-labels-mark': `${s3.put('b.jpg', bytes).eTag}/${there}+${here}`,
    });

    expect(await label('a.jpg', uploaded)).toBe('skipped');

    expect(s3.versions('a.jpg')).toEqual([uploaded]);
  });

  it('marks the MD5 of the bytes if the ETag is none, so that other buckets recognise them', async () => {
    const kms = { 'x-amz-server-side-encryption': 'aws:kms' };
    const uploaded = s3.put('a.jpg', bytes, kms);

    await label('a.jpg', uploaded);

    const plain = s3.put('b.jpg', bytes, s3.current('a.jpg')?.headers);
    expect(metadataOf(s3.current('a.jpg'))['labels-mark']).toBe(
      `${uploaded.eTag}/${keyHash({ bucket: 'photos', key: 'a.jpg' })}/${createHash('md5').update(bytes).digest('hex')}`,
    );
    expect(await label('b.jpg', plain)).toBe('written');
    expect(s3.versions('b.jpg')).toEqual([plain]);
  });

  it("replaces an older model's labels", async () => {
    const uploaded = s3.put('a.jpg', bytes, {
      'x-amz-meta-labels': 'dog=0.9',
      'x-amz-meta-labels-general': 'animal=0.99',
      'x-amz-meta-labels-model': 'old/00000000',
      'x-amz-meta-labels-mark': `abc/${keyHash({ bucket: 'photos', key: 'a.jpg' })}`,
    });

    await label('a.jpg', uploaded);

    expect(metadataOf(s3.current('a.jpg'))).toMatchObject({ 'labels-model': 'resnet50/2cb95161' });
    expect(metadataOf(s3.current('a.jpg'))).not.toHaveProperty('labels-general');
  });

  it('waits for a concurrent write and retries', async () => {
    const uploaded = s3.put('a.jpg', bytes);
    let conflicts = 2;
    s3.failWith(({ operation }) =>
      operation === 'CopyObject' && conflicts-- > 0
        ? { status: 409, code: 'ConditionalRequestConflict' }
        : undefined,
    );

    expect(await label('a.jpg', uploaded)).toBe('written');

    expect(s3.requests.filter(({ operation }) => operation === 'CopyObject')).toHaveLength(3);
  });

  it.each([
    [409, 'ConditionalRequestConflict'],
    [503, 'SlowDown'],
    [403, 'AccessDenied'],
  ])('throws after the last retry and does not change the object: %i %s', async (status, code) => {
    const uploaded = s3.put('a.jpg', bytes);
    s3.failWith(({ operation }) => (operation === 'CopyObject' ? { status, code } : undefined));

    await expect(label('a.jpg', uploaded)).rejects.toMatchObject({ name: code });

    expect(s3.versions('a.jpg')).toEqual([uploaded]);
  });

  it.each([
    ['metadata that is not UTF-8', { 'x-amz-meta-title': 'Zürich' }],
    ['a website redirect that is not UTF-8', { 'x-amz-website-redirect-location': '/été.jpg' }],
    ['metadata with a space that the signer changes', { 'x-amz-meta-title': utf8('a\u00a0b') }],
  ])('does not write to an object with %s', async (_, headers: Record<string, string>) => {
    const uploaded = s3.put('a.jpg', bytes, headers);

    expect(await label('a.jpg', uploaded)).toBe('skipped');

    expect(s3.versions('a.jpg')).toEqual([uploaded]);
  });

  it('keeps any bytes of any header, or does not write', async () => {
    const kept = [
      'content-disposition',
      'content-type',
      'content-language',
      'content-encoding',
      'cache-control',
      'expires',
    ];
    const name = fc.constantFrom(...kept, 'x-amz-website-redirect-location', 'x-amz-meta-own');
    const value = fc
      .array(
        fc.integer({ min: 0x21, max: 0xff }).filter((code) => code !== 0x7f),
        { minLength: 1 },
      )
      .map((codes) => String.fromCharCode(...codes));
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(name, fc.oneof(value, fc.string({ unit: 'grapheme' }).map(utf8))),
        async (given) => {
          const headers = Object.fromEntries(
            Object.entries(given)
              .map(([key, text]) => [key, text.replaceAll(/[^\x20-\x7e\x80-\xff]/g, '').trim()])
              .filter(([, text]) => text !== ''),
          );
          const uploaded = s3.put('a.jpg', bytes, headers);

          const outcome = await label('a.jpg', uploaded);

          if (outcome === 'written') expect(s3.current('a.jpg')?.headers).toMatchObject(headers);
          else {
            expect(outcome).toBe('skipped');
            expect(s3.current('a.jpg')).toEqual(uploaded);
            expect(Object.keys(headers).some((key) => key.startsWith('x-amz-'))).toBe(true);
          }
        },
      ),
    );
  });

  it('does not write to an object whose metadata S3 cannot return', async () => {
    const uploaded = s3.put('a.jpg', bytes, { 'x-amz-missing-meta': '1' });

    expect(await label('a.jpg', uploaded)).toBe('skipped');

    expect(s3.versions('a.jpg')).toEqual([uploaded]);
  });

  it.each([
    ['labels of its owner', { 'x-amz-meta-labels': 'family, holiday' }],
    ["another program's keys", { 'x-amz-meta-labels-general': 'animal', 'x-amz-meta-labels-model': 'x' }],
  ])('does not write over %s', async (_, headers) => {
    const uploaded = s3.put('a.jpg', bytes, headers);

    expect(await label('a.jpg', uploaded)).toBe('skipped');
    expect(await label('a.jpg', uploaded, labels, { isRequested: true })).toBe('skipped');

    expect(s3.versions('a.jpg')).toEqual([uploaded]);
  });

  const lockedUntil = (ms: number) => ({
    'x-amz-object-lock-mode': 'COMPLIANCE',
    'x-amz-object-lock-retain-until-date': new Date(Date.now() + ms).toISOString(),
  });
  it.each([
    ['a restored object, which would be archived again', { 'x-amz-storage-class': 'GLACIER' }],
    ['a restored object of the deep archive', { 'x-amz-storage-class': 'DEEP_ARCHIVE' }],
    ['an object whose lock has expired, which would be locked anew', lockedUntil(-1000)],
  ])('does not copy %s', async (_, headers) => {
    const uploaded = s3.put('a.jpg', bytes, headers);

    expect(await label('a.jpg', uploaded)).toBe('skipped');

    expect(s3.versions('a.jpg')).toEqual([uploaded]);
  });

  it('copies an object that can be read at once, whatever its class, and one that is locked', async () => {
    const instant = s3.put('a.jpg', bytes, { 'x-amz-storage-class': 'GLACIER_IR' });
    const locked = s3.put('b.jpg', bytes, lockedUntil(3_600_000));

    expect(await label('a.jpg', instant)).toBe('written');
    expect(await label('b.jpg', locked)).toBe('written');
  });

  describe.each([
    ['a bucket', {}],
    ['KMS', { 'x-amz-server-side-encryption': 'aws:kms' }],
  ])('with %s, if the response to the copy is lost,', (_, headers) => {
    const labelWithRetries = async (uploaded: StoredVersion) => {
      const { endpoint } = s3;
      const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
      const client = new S3Client({ endpoint, forcePathStyle: true, region: 'eu-west-1', credentials });
      const ref = refTo('a.jpg', uploaded);
      const object = await openObject(client, ref, 'labels', signal);
      object!.discard();
      try {
        return await writeMetadata(client, ref, object!.head, labels, signal);
      } finally {
        client.destroy();
      }
    };
    const loseFirstAnswer = (beforeRetry = () => {}) => {
      let copies = 0;
      s3.failWith(({ operation }) => {
        if (operation !== 'CopyObject') return undefined;
        if (copies++ === 0) return 'lose the answer';
        beforeRetry();
        return undefined;
      });
    };

    it('tells that the labels are written', async () => {
      const uploaded = s3.put('a.jpg', bytes, headers);
      loseFirstAnswer();

      expect(await labelWithRetries(uploaded)).toBe('written');

      expect(metadataOf(s3.current('a.jpg')).labels).toMatch(/^Indian_elephant=/);
    });

    it('tells that a newer upload has superseded them', async () => {
      const uploaded = s3.put('a.jpg', bytes, headers);
      const model = { 'x-amz-meta-labels-model': 'resnet50/2cb95161' };
      loseFirstAnswer(() => s3.put('a.jpg', Buffer.from('newer'), model));

      expect(await labelWithRetries(uploaded)).toBe('superseded');

      expect(s3.current('a.jpg')?.headers).toEqual(model);
    });
  });

  it('leaves it to the retry to find out if S3 does not say what became of a copy', async () => {
    const uploaded = s3.put('a.jpg', bytes);
    s3.failWith(({ operation }) => {
      if (operation === 'CopyObject') return { status: 412, code: 'PreconditionFailed' };
      return operation === 'HeadObject' ? { status: 403, code: 'AccessDenied' } : undefined;
    });

    await expect(label('a.jpg', uploaded)).rejects.toThrow();
  });

  it('leaves out the least likely labels if the metadata is nearly full', async () => {
    const uploaded = s3.put('a.jpg', bytes, { 'x-amz-meta-note': 'n'.repeat(1930) });

    expect(await label('a.jpg', uploaded)).toBe('written');

    expect(metadataOf(s3.current('a.jpg')).labels).toBe('Indian_elephant=0.8266');
    expect(metadataOf(s3.current('a.jpg')).note).toHaveLength(1930);
  });

  it('writes nothing if not even one label fits', async () => {
    const uploaded = s3.put('a.jpg', bytes, { 'x-amz-meta-note': 'n'.repeat(2000) });

    expect(await label('a.jpg', uploaded)).toBe('too-large');

    expect(s3.versions('a.jpg')).toEqual([uploaded]);
  });
});

describe('the metadata', () => {
  const ref: ImageRef = { bucket: 'photos', key: 'a.jpg', eTag: 'abc', isCopy: false };

  it('is printable ASCII within 2 KB, and preserves any label', () => {
    const anyLabel = fc.string({ unit: 'binary', minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(fc.array(anyLabel, { minLength: 1, maxLength: 5 }), (names) => {
        const predictions = names.map((name) => prediction(name, 0.5));

        const metadata = labelMetadata(ref, { ETag: '"abc"' }, { ...labels, predictions })!;

        expect(Object.entries(metadata).flat().join('')).toMatch(/^[!-~]*$/);
        expect(Object.entries(metadata).flat().join('').length).toBeLessThanOrEqual(2048);
        const read = metadata.labels!.split(',').map((text) => decodeURIComponent(text.split('=')[0]!));
        expect(read).toEqual(names.slice(0, read.length).map((name) => name.toWellFormed()));
      }),
    );
  });

  it.each([3, 2, 1, 0])('uses the 2 KB to the last byte, and no more: with %i labels', (count) => {
    const predictions = labels.predictions.slice(0, count);
    const alone = labelMetadata(ref, { ETag: '"abc"' }, { ...labels, predictions })!;
    const room = 2048 - Object.entries(alone).flat().join('').length;
    // Metadata of an earlier model is replaced and takes no room.
    const earlier = { ...alone, 'labels-general': 'elephant=0.9998' };
    const beside = (bytes: number) => {
      const Metadata = { ...earlier, own: 'x'.repeat(bytes - 'own'.length) };
      return labelMetadata(ref, { ETag: '"abc"', Metadata }, { ...labels, predictions });
    };

    expect(beside(room)).toEqual(alone);
    expect(beside(room + 1)?.labels).toEqual(
      count > 1 ? alone.labels!.split(',').slice(0, -1).join(',') : undefined,
    );
  });

  it('has the configured prefix', () => {
    const metadata = labelMetadata(ref, { ETag: '"abc"' }, { ...labels, metadataPrefix: 'vision' });

    expect(Object.keys(metadata!)).toEqual(['vision', 'vision-model', 'vision-mark']);
  });

  it('has the general label if there is one', () => {
    const general = { id: 'n02503517', label: 'elephant', score: 0.99984 };

    const metadata = labelMetadata(ref, { ETag: '"abc"' }, { ...labels, general });

    expect(metadata).toMatchObject({ 'labels-general': 'elephant=0.9998' });
  });

  it('has the model even if no label is likely enough', () => {
    expect(labelMetadata(ref, { ETag: '"abc"' }, { ...labels, predictions: [] })).toMatchObject({
      labels: '',
      'labels-model': 'resnet50/2cb95161',
    });
  });
});
