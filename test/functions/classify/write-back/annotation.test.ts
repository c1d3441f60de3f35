import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openObject } from '../../../../functions/classify/object/open-object.ts';
import { writeAnnotation } from '../../../../functions/classify/write-back/annotation.ts';
import { startS3, type TestS3 } from '../../../support/aws/s3.ts';

const { signal } = new AbortController();
const labels = {
  predictions: [{ index: 0, id: '0', label: 'tusker', score: 0.9 }],
  model: { name: 'resnet50', sha256: '2cb95161'.padEnd(64, '0') },
  metadataPrefix: 'labels',
};

describe('an annotation in a versioned bucket', () => {
  let s3: TestS3;
  beforeEach(async () => {
    s3 = await startS3({ versioned: true });
  });
  afterEach(() => s3.close());

  it('goes to the classified version, also if a newer one follows meanwhile', async () => {
    const { eTag, versionId } = s3.put('a.jpg', Buffer.from('classified'));
    const ref = { bucket: 'photos', key: 'a.jpg', eTag, versionId, isCopy: false };
    const object = await openObject(s3.client, ref, 'labels', signal);
    await object!.read({ maxBytes: 1000 });
    const newer = s3.put('a.jpg', Buffer.from('newer'));

    expect(await writeAnnotation(s3.client, ref, object!.head, labels, signal)).toBe('written');

    const annotated = s3.versions('a.jpg').filter(({ annotations }) => 'labels' in annotations);
    expect(annotated.map((version) => version.versionId)).toEqual([versionId]);
    expect(s3.current('a.jpg')?.versionId).toBe(newer.versionId);
  });
});
