import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readConfig } from '../../../functions/classify/config.ts';
import type { ImageRef } from '../../../functions/classify/event/image-ref.ts';
import { type LabelImageContext, labelImage, type Outcome } from '../../../functions/classify/label-image.ts';
import { createClassifier } from '../../../functions/classify/network/classifier.ts';
import { keyHash } from '../../../functions/classify/object/mark.ts';
import { createDeadline } from '../../../functions/classify/time/deadline.ts';
import { mistakesIn } from '../../support/aws/event-schema.ts';
import { type StoredVersion, startS3, type TestS3 } from '../../support/aws/s3.ts';

function golden(name: string) {
  return readFile(join('test/goldens/images', name));
}
const coffee = await golden('coffee_base_444.jpg');
const classifier = createClassifier('layers/model/efficientnet-lite0');
const functionName = 'labeller';

let s3: TestS3;
beforeEach(async () => {
  s3 = await startS3({ versioned: true });
});
afterEach(() => s3.close());

function refTo(key: string, { eTag, versionId }: StoredVersion, more: Partial<ImageRef> = {}): ImageRef {
  return {
    bucket: 'photos',
    key,
    eTag,
    versionId,
    isCopy: false,
    requester: 'AWS:AIDA:alice',
    ...more,
  };
}
function label(
  ref: ImageRef,
  environment: Record<string, string> = {},
  more: Partial<LabelImageContext> = {},
) {
  return labelImage(ref, {
    s3: s3.client,
    classifier,
    config: readConfig({ AWS_LAMBDA_FUNCTION_NAME: functionName, ...environment }),
    requestId: 'r1',
    deadline: createDeadline(() => 60_000),
    skipLabelled: false,
    ...more,
  });
}
function detailOf(outcome: Outcome) {
  return 'event' in outcome ? outcome.event.detail : undefined;
}

describe('an uploaded photo', () => {
  it('gets its labels and a complete event', async () => {
    const uploaded = s3.put('cup.jpg', coffee, { 'content-type': 'image/jpeg' });

    const outcome = await label(refTo('cup.jpg', uploaded));

    expect(s3.current('cup.jpg')?.headers['x-amz-meta-labels']).toMatch(/^espresso=0\.\d{4},/);
    expect(outcome).toMatchObject({ status: 'classified', event: { detailType: 'Image Classified' } });
    expect(detailOf(outcome)).toEqual({
      version: '1',
      bucket: 'photos',
      key: 'cup.jpg',
      versionId: uploaded.versionId,
      eTag: uploaded.eTag,
      size: coffee.length,
      requestId: 'r1',
      image: { format: 'jpeg', width: 300, height: 200, orientation: 1 },
      model: { name: 'efficientnet-lite0', sha256: expect.stringMatching(/^8124f6b0/) },
      predictions: expect.arrayContaining([expect.objectContaining({ label: 'espresso', index: 967 })]),
      general: { id: 'n07881800', label: 'drink', score: expect.any(Number) },
      writeBack: 'written',
      timings: {
        fetchMs: expect.any(Number),
        decodeMs: expect.any(Number),
        preprocessMs: expect.any(Number),
        inferMs: expect.any(Number),
        writeMs: expect.any(Number),
      },
    });
  });

  it('gets the same labels of the user everywhere, and keeps the classes in the event and the annotation', async () => {
    const rules = {
      merge: { 'heißes Getränk': ['espresso', 'cup', 'coffee_mug'] },
      only: ['heißes Getränk'],
    };
    const uploaded = s3.put('cup.jpg', coffee);

    const outcome = await label(
      refTo('cup.jpg', uploaded),
      { BUCKETLENS_WRITE_BACK: 'metadata,annotation,tags' },
      {
        classifier: createClassifier('layers/model/efficientnet-lite0', {
          labelRules: { rules, path: 'rules.json' },
        }),
      },
    );

    const { headers, tags, annotations } = s3.current('cup.jpg')!;
    const { predictions, general, classes } = JSON.parse(annotations.labels!);
    const event = { detail: detailOf(outcome), 'detail-type': 'Image Classified', source: 'bucketlens' };
    expect(mistakesIn(event)).toBeUndefined();
    expect(event.detail).toMatchObject({ predictions, general, classes });
    expect(predictions).toEqual([
      { index: 967, id: 'n07920052', label: 'heißes Getränk', score: expect.closeTo(0.93, 1) },
    ]);
    expect(general).toEqual({ id: 'n07920052', label: 'heißes Getränk', score: predictions[0].score });
    expect(classes[0]).toMatchObject({ index: 967, id: 'n07920052', label: 'espresso' });
    expect(classes).toHaveLength(5);
    const score = predictions[0].score.toFixed(4);
    expect(headers['x-amz-meta-labels']).toBe(`hei%C3%9Fes%20Getr%C3%A4nk=${score}`);
    expect(headers['x-amz-meta-labels-general']).toBe(headers['x-amz-meta-labels']);
    expect(tags).toEqual({ label: 'heißes Getränk', score });
  });

  it('is decoded from its Content-Encoding, and keeps its bytes and its header', async () => {
    const stored = gzipSync(coffee);
    const uploaded = s3.put('cup.jpg', stored, { 'content-encoding': 'gzip' });

    const outcome = await label(refTo('cup.jpg', uploaded));

    expect(detailOf(outcome)).toMatchObject({
      size: stored.length,
      image: { format: 'jpeg', width: 300, height: 200 },
      writeBack: 'written',
    });
    expect(s3.current('cup.jpg')).toMatchObject({ bytes: stored, headers: { 'content-encoding': 'gzip' } });
  });

  it('is not changed if the write-back is none', async () => {
    const uploaded = s3.put('cup.jpg', coffee);

    const outcome = await label(refTo('cup.jpg', uploaded), { BUCKETLENS_WRITE_BACK: 'none' });

    expect(detailOf(outcome)).toMatchObject({ writeBack: 'skipped' });
    expect(s3.versions('cup.jpg')).toEqual([uploaded]);
  });

  it('is classified from its own version after it was overwritten, and the newer version is not changed', async () => {
    const uploaded = s3.put('cup.jpg', coffee);
    const newer = s3.put('cup.jpg', await golden('flower_640x427.jpg'));

    const outcome = await label(refTo('cup.jpg', uploaded));

    expect(detailOf(outcome)).toMatchObject({ eTag: uploaded.eTag, writeBack: 'superseded' });
    expect(s3.versions('cup.jpg')).toEqual([uploaded, newer]);
  });

  it("returns 'gone' for a permanently deleted object", async () => {
    const uploaded = s3.put('cup.jpg', coffee);
    s3.remove('cup.jpg');

    expect(await label(refTo('cup.jpg', uploaded))).toEqual({ status: 'gone' });
  });

  it('has its event even if S3 refuses the labels, and the error for the retry', async () => {
    const uploaded = s3.put('cup.jpg', coffee);
    s3.failWith(({ operation }) =>
      operation === 'CopyObject' ? { status: 503, code: 'SlowDown' } : undefined,
    );

    const outcome = await label(refTo('cup.jpg', uploaded));

    expect(detailOf(outcome)).toMatchObject({ writeBack: 'failed', predictions: expect.any(Array) });
    expect(outcome).toMatchObject({ writeBackError: { name: 'SlowDown' } });
    expect(s3.versions('cup.jpg')).toEqual([uploaded]);
  });
});

describe('an opted-out object', () => {
  it.each([
    ['metadata', { 'x-amz-meta-labels': 'skip' }, {}, ['GetObject']],
    ['a tag', {}, { album: 'cups', labels: 'skip' }, ['GetObject', 'GetObjectTagging']],
  ])('is recognised by %s, and neither decoded nor written', async (_, headers, tags, requests) => {
    const uploaded = s3.put('notes.txt', Buffer.from('not even an image'), headers, tags);

    const outcome = await label(refTo('notes.txt', uploaded));

    expect(outcome).toEqual({
      status: 'skipped',
      event: {
        detailType: 'Image Skipped',
        detail: {
          version: '1',
          bucket: 'photos',
          key: 'notes.txt',
          versionId: uploaded.versionId,
          eTag: uploaded.eTag,
          size: uploaded.bytes.length,
          requestId: 'r1',
          writeBack: 'skipped',
        },
      },
    });
    expect(s3.requests.map(({ operation }) => operation)).toEqual(requests);
    expect(s3.versions('notes.txt')).toEqual([uploaded]);
  });

  it('is recognised by the configured prefix only', async () => {
    const uploaded = s3.put('cup.jpg', coffee, { 'x-amz-meta-labels': 'skip' }, { labels: 'skip' });

    const outcome = await label(refTo('cup.jpg', uploaded), { BUCKETLENS_METADATA_PREFIX: 'vision' });

    expect(outcome.status).toBe('classified');
  });

  it('is not recognised by other tags', async () => {
    const uploaded = s3.put('cup.jpg', coffee, {}, { labels: 'yes', skip: 'labels' });

    expect((await label(refTo('cup.jpg', uploaded))).status).toBe('classified');
  });

  it('is not classified while its tags cannot be read', async () => {
    const uploaded = s3.put('cup.jpg', coffee, {}, { album: 'cups' });
    s3.failWith(({ operation }) =>
      operation === 'GetObjectTagging' ? { status: 403, code: 'AccessDenied' } : undefined,
    );

    await expect(label(refTo('cup.jpg', uploaded))).rejects.toMatchObject({ name: 'AccessDenied' });
    expect(s3.versions('cup.jpg')).toEqual([uploaded]);
  });

  it('may be deleted before its tags are read', async () => {
    const uploaded = s3.put('cup.jpg', coffee, {}, { album: 'cups' });
    s3.failWith(({ operation }) => {
      if (operation === 'GetObjectTagging') s3.remove('cup.jpg');
      return undefined;
    });

    expect(await label(refTo('cup.jpg', uploaded))).toEqual({ status: 'gone' });
  });
});

describe('labelling on request', () => {
  const named = (key: string): ImageRef => ({ bucket: 'photos', key, isCopy: false, isRequested: true });

  it('needs neither an ETag nor a version, and publishes both', async () => {
    const uploaded = s3.put('cup.jpg', coffee);

    const outcome = await label(named('cup.jpg'));

    expect(detailOf(outcome)).toMatchObject({ eTag: uploaded.eTag, versionId: uploaded.versionId });
    expect(s3.versions('cup.jpg')).toHaveLength(2);
  });

  it('never writes an older version over a newer one, even with the same bytes', async () => {
    const older = s3.put('cup.jpg', coffee, { 'x-amz-meta-n': '1' });
    const newer = s3.put('cup.jpg', coffee, { 'x-amz-meta-n': '2' });

    const outcome = await label({ ...named('cup.jpg'), versionId: older.versionId });

    expect(detailOf(outcome)).toMatchObject({ versionId: older.versionId, writeBack: 'superseded' });
    expect(s3.versions('cup.jpg')).toEqual([older, newer]);
  });

  it('leaves out objects that this model has labelled', async () => {
    s3.put('cup.jpg', coffee);
    await label(named('cup.jpg'));

    const again = await label(named('cup.jpg'), {}, { skipLabelled: true });

    expect(again).toEqual({ status: 'labelled-already' });
  });

  it('labels objects that another model has labelled', async () => {
    s3.put('cup.jpg', coffee, { 'x-amz-meta-labels-model': 'other/00000000' });

    expect((await label(named('cup.jpg'), {}, { skipLabelled: true })).status).toBe('classified');
  });
});

describe('when the time runs out', () => {
  it('does not start an image', async () => {
    const uploaded = s3.put('cup.jpg', coffee);
    const remaining = [60_000, 9_999];

    const labelled = label(
      refTo('cup.jpg', uploaded),
      {},
      {
        deadline: createDeadline(() => remaining.shift()!),
      },
    );

    await expect(labelled).rejects.toMatchObject({ name: 'OutOfTime' });
    expect(s3.requests).toEqual([]);
  });

  it('leaves an image to the retry, which has more time to decode it, and publishes nothing yet', async () => {
    const uploaded = s3.put('hd.png', await golden('acc_1280x720.png'));
    const remaining = [60_000, 10_000, 5001];

    const labelled = label(
      refTo('hd.png', uploaded),
      {},
      {
        deadline: createDeadline(() => remaining.shift()!),
      },
    );

    await expect(labelled).rejects.toMatchObject({
      name: 'OutOfTime',
      message: "1 ms were left to decode it: raise the function's timeout, or lower the batch size",
    });
    expect(s3.versions('hd.png')).toEqual([uploaded]);
  });

  it('rejects at once an image that no retry can decode', async () => {
    const uploaded = s3.put('notes.txt', Buffer.from('not even an image'));
    const remaining = [60_000, 10_000, 5001];

    const outcome = await label(
      refTo('notes.txt', uploaded),
      {},
      {
        deadline: createDeadline(() => remaining.shift()!),
      },
    );

    expect(detailOf(outcome)).toMatchObject({ error: { name: 'UnsupportedFormat' } });
  });

  it('does not start a write-back, but publishes the prediction', async () => {
    const uploaded = s3.put('cup.jpg', coffee);
    // Asked at the start, before the image, before it is decoded, and before the write-back.
    const remaining = [60_000, 60_000, 60_000, 4_999];

    const outcome = await label(
      refTo('cup.jpg', uploaded),
      {},
      {
        deadline: createDeadline(() => remaining.shift()!),
      },
    );

    expect(detailOf(outcome)).toMatchObject({ writeBack: 'failed', predictions: expect.any(Array) });
    expect(outcome).toMatchObject({ writeBackError: { name: 'OutOfTime' } });
    expect(s3.versions('cup.jpg')).toEqual([uploaded]);
  });
});

describe('an image that cannot be classified', () => {
  it('is rejected if S3 does not return it, with the fields of the invoking event', async () => {
    s3.failWith(() => ({ status: 403, code: 'InvalidObjectState' }));

    const outcome = await label({
      bucket: 'photos',
      key: 'old.jpg',
      versionId: 'v1',
      eTag: 'abc',
      size: 7,
      isCopy: false,
    });

    expect(outcome).toEqual({
      status: 'rejected',
      event: {
        detailType: 'Image Rejected',
        detail: {
          version: '1',
          bucket: 'photos',
          key: 'old.jpg',
          versionId: 'v1',
          eTag: 'abc',
          size: 7,
          requestId: 'r1',
          error: { name: 'UnreadableObject', message: expect.stringContaining('archive') },
        },
      },
    });
  });

  it('is rejected by its name alone if the invoking event has no more fields', async () => {
    s3.failWith(() => ({ status: 403, code: 'InvalidObjectState' }));

    const outcome = await label({ bucket: 'photos', key: 'old.jpg', isCopy: false });

    expect(Object.keys(detailOf(outcome)!)).toEqual(['version', 'bucket', 'key', 'requestId', 'error']);
  });

  it.each([
    ['text', 'bad_text.jpg', 'UnsupportedFormat'],
    ['half a photo', 'bad_truncated.jpg', 'CorruptImage'],
    ['nothing at all', 'bad_empty.jpg', 'EmptyObject'],
  ])('is rejected and not changed: %s', async (_, name, error) => {
    const uploaded = s3.put(name, await golden(name));

    const outcome = await label(refTo(name, uploaded));

    expect(outcome).toMatchObject({ status: 'rejected', event: { detailType: 'Image Rejected' } });
    expect(detailOf(outcome)).toMatchObject({
      key: name,
      eTag: uploaded.eTag,
      size: uploaded.bytes.length,
      error: { name: error, message: expect.any(String) },
    });
    expect(s3.versions(name)).toEqual([uploaded]);
  });

  it('is rejected with its size if it is over the limits', async () => {
    const uploaded = s3.put('china.jpg', await golden('china_640x427.jpg'));

    const outcome = await label(refTo('china.jpg', uploaded), { BUCKETLENS_MAX_MEGAPIXELS: '0.2' });

    expect(detailOf(outcome)).toMatchObject({
      image: { format: 'jpeg', width: 640, height: 427, orientation: 1 },
      error: { name: 'ImageTooLarge' },
    });
  });

  it('is rejected if decoding it takes half of the invocation', async () => {
    const uploaded = s3.put('hd.png', await golden('acc_1280x720.png'));

    const outcome = await label(
      refTo('hd.png', uploaded),
      {},
      { deadline: { ...createDeadline(() => 60_000), decodeTime: () => ({ limitMs: 1, isFull: true }) } },
    );

    expect(detailOf(outcome)).toMatchObject({
      image: { format: 'png', width: 1280, height: 720, orientation: 1 },
      error: { name: 'ImageTooLarge', message: expect.stringContaining('takes more than 0.001 s') },
    });
  });

  it('is rejected unread if it has too many bytes', async () => {
    const uploaded = s3.put('cup.jpg', coffee);

    const outcome = await label(refTo('cup.jpg', uploaded), { BUCKETLENS_MAX_MEGABYTES: '0.01' });

    expect(detailOf(outcome)).toMatchObject({ size: coffee.length, error: { name: 'ImageTooLarge' } });
  });
});

describe('our own copy', () => {
  it('is recognised without a request if the event names the requester', async () => {
    const uploaded = s3.put('cup.jpg', coffee);

    const outcome = await label(
      refTo('cup.jpg', uploaded, { isCopy: true, requester: `AWS:AROA:${functionName}` }),
    );

    expect(outcome).toEqual({ status: 'own-copy' });
    expect(s3.requests).toEqual([]);
  });

  it('is recognised by its mark if the event names no requester', async () => {
    const mark = `abc/${keyHash({ bucket: 'photos', key: 'cup.jpg' })}`;
    const uploaded = s3.put('cup.jpg', coffee, { 'x-amz-meta-labels-mark': mark });
    const { requester: _, ...ref } = refTo('cup.jpg', uploaded, { isCopy: true });

    expect(await label(ref)).toEqual({ status: 'own-copy' });
  });

  it('is not an upload under a session named like the function, even with a forged mark', async () => {
    const mark = `abc/${keyHash({ bucket: 'photos', key: 'cup.jpg' })}`;
    const uploaded = s3.put('cup.jpg', coffee, { 'x-amz-meta-labels-mark': mark });

    const outcome = await label(refTo('cup.jpg', uploaded, { requester: `AWS:AROA:${functionName}` }));

    expect(detailOf(outcome)).toMatchObject({ key: 'cup.jpg', writeBack: 'written' });
  });

  it("is not a user's copy of a labelled photo onto itself, if the event names the requester", async () => {
    await label(refTo('cup.jpg', s3.put('cup.jpg', coffee)));
    const copy = s3.put('cup.jpg', coffee, { ...s3.current('cup.jpg')?.headers, 'x-amz-meta-album': 'cups' });

    const outcome = await label(refTo('cup.jpg', copy, { isCopy: true }));

    expect(detailOf(outcome)).toMatchObject({ key: 'cup.jpg', writeBack: 'written' });
  });

  it("is not a user's copy of a labelled photo to another key, which is classified and already has its labels", async () => {
    const original = s3.put('cup.jpg', coffee);
    await label(refTo('cup.jpg', original));
    const copy = s3.put('copy.jpg', coffee, s3.current('cup.jpg')?.headers);
    const { requester: _, ...ref } = refTo('copy.jpg', copy, { isCopy: true });

    const outcome = await label(ref);

    expect(detailOf(outcome)).toMatchObject({ key: 'copy.jpg', writeBack: 'written' });
    expect(s3.versions('copy.jpg')).toEqual([copy]);
  });

  it("is not a user's copy of a photo that another model has labelled, which gets new labels", async () => {
    await label(refTo('cup.jpg', s3.put('cup.jpg', coffee)));
    const headers = { ...s3.current('cup.jpg')?.headers, 'x-amz-meta-labels-model': 'other/00000000' };
    const copy = s3.put('copy.jpg', coffee, headers);

    const outcome = await label(refTo('copy.jpg', copy, { isCopy: true }));

    expect(detailOf(outcome)).toMatchObject({ key: 'copy.jpg', writeBack: 'written' });
    expect(s3.current('copy.jpg')?.headers['x-amz-meta-labels-mark']).toBe(
      `${copy.eTag}/${['copy.jpg', 'cup.jpg'].map((key) => keyHash({ bucket: 'photos', key })).join('+')}`,
    );
  });
});
