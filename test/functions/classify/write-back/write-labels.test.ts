import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ImageRef } from '../../../../functions/classify/event/image-ref.ts';
import { openObject } from '../../../../functions/classify/object/open-object.ts';
import { createDeadline, type Deadline } from '../../../../functions/classify/time/deadline.ts';
import type { WriteBackMode } from '../../../../functions/classify/write-back/mode.ts';
import { writeLabels } from '../../../../functions/classify/write-back/write-labels.ts';
import { type StoredVersion, startS3, type TestS3 } from '../../../support/aws/s3.ts';

const labels = {
  predictions: [
    { index: 386, id: 'n02504458', label: 'African_elephant', score: 0.82664 },
    { index: 101, id: 'n01871265', label: 'tusker', score: 0.11224 },
  ],
  general: { id: 'n02503517', label: 'elephant', score: 0.99 },
  model: { name: 'resnet50', sha256: '2cb95161'.padEnd(64, '0') },
  metadataPrefix: 'labels',
};
const bytes = Buffer.from('the very bytes');
const deadline = createDeadline(() => 60_000);
const nineTags = Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`tag${index}`, 'mine']));

describe.each([{ versioned: false }, { versioned: true }, { versioned: 'suspended' }] as const)(
  'writing labels on a bucket (%o)',
  ({ versioned }) => {
    let s3: TestS3;
    beforeEach(async () => {
      s3 = await startS3({ versioned });
    });
    afterEach(() => s3.close());

    const refTo = (key: string, { eTag }: StoredVersion): ImageRef => ({
      bucket: 'photos',
      key,
      eTag,
      isCopy: false,
    });
    const write = async (
      version: StoredVersion,
      modes: WriteBackMode[],
      predictions = labels.predictions,
    ) => {
      const ref = refTo('a.jpg', version);
      const object = await openObject(s3.client, ref, 'labels', deadline.abortSignal);
      object!.discard();
      return writeLabels(s3.client, ref, object!, { ...labels, predictions }, modes, deadline);
    };
    const operations = () => s3.requests.map(({ operation }) => operation).slice(1);
    const overwriteBefore = (operation: string) =>
      s3.failWith((request) => {
        if (request.operation === operation) s3.put('a.jpg', Buffer.from('newer'), {}, { new: 'yes' });
        return undefined;
      });

    it('writes nothing without a mode', async () => {
      const uploaded = s3.put('a.jpg', bytes);

      expect(await write(uploaded, [])).toEqual({ writeBack: 'skipped' });

      expect(s3.versions('a.jpg')).toEqual([uploaded]);
    });

    it('writes in every mode, the copy last, which takes the others along', async () => {
      const uploaded = s3.put('a.jpg', bytes, {}, { album: 'zoo' });

      expect(await write(uploaded, ['metadata', 'annotation', 'tags'])).toEqual({ writeBack: 'written' });

      expect(
        operations().filter((operation) => operation.startsWith('Put') || operation === 'CopyObject'),
      ).toEqual(['PutObjectTagging', 'PutObjectAnnotation', 'CopyObject']);
      expect(s3.current('a.jpg')).toMatchObject({
        bytes,
        headers: { 'x-amz-meta-labels': expect.stringMatching(/^African_elephant=0.8266/) },
        tags: { album: 'zoo', label: 'African_elephant', score: '0.8266' },
        annotations: { labels: expect.any(String) },
      });
    });

    it('returns the most severe outcome, and stops at a newer upload', async () => {
      const uploaded = s3.put('a.jpg', bytes, {}, nineTags);
      expect(await write(uploaded, ['tags', 'annotation'])).toEqual({ writeBack: 'too-large' });

      overwriteBefore('PutObjectAnnotation');
      const outcome = await write(uploaded, ['annotation', 'metadata']);

      // On a versioned bucket the annotation goes to the classified version; only the copy sees the newer one.
      expect(outcome).toEqual({ writeBack: 'superseded' });
      expect(s3.current('a.jpg')).toMatchObject({ tags: { new: 'yes' }, annotations: {}, headers: {} });
    });

    const writeWith = async (
      modes: WriteBackMode[],
      { isCurrent = true, until = deadline }: { isCurrent?: boolean; until?: Deadline },
    ) => {
      const ref = refTo('a.jpg', s3.put('a.jpg', bytes));
      const object = await openObject(s3.client, ref, 'labels', deadline.abortSignal);
      object!.discard();
      return writeLabels(s3.client, ref, { ...object!, isCurrent }, labels, modes, until);
    };

    it('writes nothing after an overwrite', async () => {
      expect(await writeWith(['tags', 'metadata'], { isCurrent: false })).toEqual({
        writeBack: 'superseded',
      });

      expect(operations()).toEqual([]);
    });

    it('returns the error if S3 refuses', async () => {
      s3.failWith(({ operation }) =>
        operation === 'CopyObject' ? { status: 403, code: 'AccessDenied' } : undefined,
      );

      expect(await writeWith(['metadata'], {})).toMatchObject({
        writeBack: 'failed',
        writeBackError: { name: 'AccessDenied' },
      });
      expect(operations()).toEqual(['CopyObject']);
    });

    it('does not start a write without enough time', async () => {
      const remaining = [60_000, 4000];

      const until = createDeadline(() => remaining.shift()!);

      expect(await writeWith(['metadata'], { until })).toMatchObject({
        writeBack: 'failed',
        writeBackError: { name: 'OutOfTime' },
      });
      expect(operations()).toEqual([]);
    });

    it.each(['metadata', 'annotation', 'tags'] as const)('aborts at the deadline: %s', async (mode) => {
      const until = { ...deadline, abortSignal: AbortSignal.abort() };

      expect(await writeWith([mode], { until })).toMatchObject({
        writeBack: 'failed',
        writeBackError: { name: 'AbortError' },
      });
    });

    describe('the annotation', () => {
      it('has the whole prediction, and changes nothing else', async () => {
        const uploaded = s3.put('a.jpg', bytes, { 'x-amz-meta-mine': '1' }, { album: 'zoo' });

        expect(await write(uploaded, ['annotation'])).toEqual({ writeBack: 'written' });

        const { annotations, ...rest } = s3.current('a.jpg')!;
        expect({ ...rest, annotations: {} }).toEqual(uploaded);
        expect(JSON.parse(annotations.labels!)).toEqual({
          version: '1',
          eTag: uploaded.eTag,
          model: labels.model,
          predictions: labels.predictions,
          general: labels.general,
        });
      });

      it('is conditional on the classified bytes', async () => {
        const uploaded = s3.put('a.jpg', bytes);

        await write(uploaded, ['annotation']);

        expect(s3.requests.at(-1)?.headers['x-amz-object-if-match']).toBe(`"${uploaded.eTag}"`);
      });

      it('is too large for an object with the maximum number of annotations', async () => {
        const uploaded = s3.put('a.jpg', bytes);
        s3.failWith(({ operation }) =>
          operation === 'PutObjectAnnotation' ? { status: 400, code: 'AnnotationLimitExceeded' } : undefined,
        );

        expect(await write(uploaded, ['annotation'])).toEqual({ writeBack: 'too-large' });
      });
    });

    describe('the tags', () => {
      it("keep the user's own, and replace those of an older model", async () => {
        const uploaded = s3.put('a.jpg', bytes, {}, { label: 'dog', album: 'zoo', score: '0.5' });

        expect(await write(uploaded, ['tags'])).toEqual({ writeBack: 'written' });

        expect(s3.current('a.jpg')?.tags).toEqual({
          album: 'zoo',
          label: 'African_elephant',
          score: '0.8266',
        });
        expect(s3.current('a.jpg')).toMatchObject({ bytes, headers: {} });
        // A version's bytes are not looked at again: they never change.
        expect(operations()).toEqual([
          'GetObjectTagging',
          ...(versioned === true ? [] : ['HeadObject']),
          'PutObjectTagging',
        ]);
      });

      it('may be the last two of ten', async () => {
        const { tag0: _, ...eightTags } = nineTags;
        const uploaded = s3.put('a.jpg', bytes, {}, eightTags);

        expect(await write(uploaded, ['tags'])).toEqual({ writeBack: 'written' });

        expect(s3.current('a.jpg')?.tags).toMatchObject({ ...eightTags, label: 'African_elephant' });
      });

      it.each([
        ['crème brûlée', 'crème brûlée'],
        ["jack-o'-lantern, lit", 'jack-o_-lantern_ lit'],
        ['写真\n📷', '写真__'],
        ['x'.repeat(300), 'x'.repeat(256)],
      ])('have only the characters that S3 allows: %j', async (label, value) => {
        const uploaded = s3.put('a.jpg', bytes);

        expect(await write(uploaded, ['tags'], [{ ...labels.predictions[0]!, label }])).toEqual({
          writeBack: 'written',
        });

        expect(s3.current('a.jpg')?.tags.label).toBe(value);
      });

      it("are not changed if the user's own leave no room", async () => {
        const uploaded = s3.put('a.jpg', bytes, {}, nineTags);

        expect(await write(uploaded, ['tags'])).toEqual({ writeBack: 'too-large' });

        expect(s3.versions('a.jpg')).toEqual([uploaded]);
      });

      it('are written once when the same event comes twice', async () => {
        const uploaded = s3.put('a.jpg', bytes);

        expect(await write(uploaded, ['tags'])).toEqual({ writeBack: 'written' });
        expect(await write(uploaded, ['tags'])).toEqual({ writeBack: 'written' });

        expect(operations().filter((operation) => operation === 'PutObjectTagging')).toHaveLength(1);
      });

      it('are not written if no label is likely enough', async () => {
        const uploaded = s3.put('a.jpg', bytes, {}, { album: 'zoo', label: 'dog', score: '0.5' });

        expect(await write(uploaded, ['tags'], [])).toEqual({ writeBack: 'written' });

        expect(s3.current('a.jpg')?.tags).toEqual({ album: 'zoo' });
      });

      it('are never written to a newer upload', async () => {
        const uploaded = s3.put('a.jpg', bytes, {}, { album: 'zoo' });
        overwriteBefore('GetObjectTagging');

        const { writeBack } = await write(uploaded, ['tags']);

        // With versions the older one has them.
        expect(writeBack).toBe(versioned === true ? 'written' : 'superseded');
        expect(s3.current('a.jpg')?.tags).toEqual({ new: 'yes' });
      });
    });
  },
);
