import { createGenerator } from 'ts-json-schema-generator';
import { describe, expect, it } from 'vitest';
import { formats } from '../../../../functions/classify/decode/formats.ts';
import schema from '../../../../functions/classify/publish/prediction-event.schema.json' with {
  type: 'json',
};
import type { BucketlensEvent } from '../../../../functions/classify/publish/prediction-event.ts';
import { mistakesIn, validateEvent } from '../../../support/aws/event-schema.ts';

const head = {
  version: '1',
  bucket: 'my-photos',
  key: 'cat.png',
  versionId: 'v1',
  eTag: '0f1b4a59',
  size: 240_512,
  requestId: 'r1',
} as const;
const image = { format: 'png', width: 451, height: 300, orientation: 1 } as const;
const classified: BucketlensEvent = {
  source: 'bucketlens',
  'detail-type': 'Image Classified',
  detail: {
    ...head,
    image,
    model: { name: 'efficientnet-lite0', sha256: '8124f6b0'.repeat(8) },
    predictions: [{ index: 282, id: 'n02123159', label: 'tiger_cat', score: 0.4092 }],
    general: { id: 'n02121620', label: 'cat', score: 0.9323 },
    writeBack: 'written',
    timings: { fetchMs: 30.5, decodeMs: 10, preprocessMs: 2, inferMs: 40, writeMs: 50 },
  },
};
const rejected: BucketlensEvent = {
  source: 'bucketlens',
  'detail-type': 'Image Rejected',
  detail: { ...head, image, error: { name: 'CorruptImage', message: 'the file ends early' } },
};
const skipped: BucketlensEvent = {
  source: 'bucketlens',
  'detail-type': 'Image Skipped',
  detail: { ...head, writeBack: 'skipped' },
};

const eachEvent = [classified, rejected, skipped].map((event) => [event['detail-type'], event] as const);

describe('the published schema', () => {
  it('matches the types', async () => {
    const generator = createGenerator({
      path: 'functions/classify/publish/prediction-event.ts',
      tsconfig: 'tsconfig.json',
      // Consumers must accept fields that are added later.
      additionalProperties: true,
      skipTypeCheck: true,
      topRef: false,
    });

    await expect(
      `${JSON.stringify(generator.createSchema('BucketlensEvent'), undefined, 2)}\n`,
      'The types of the events have changed. If a consumer could break (a field is gone or may be absent, a value is of ' +
        'another kind or one more of a closed list), raise `version`. Then publish the schema: ' +
        'npx vitest run test/functions/classify/publish/prediction-event.test.ts -u',
    ).toMatchFileSnapshot('../../../../functions/classify/publish/prediction-event.schema.json');
  });

  it.each(eachEvent)("accepts an event '%s' as EventBridge delivers it", (_, event) => {
    const delivered = { ...event, id: 'e1', time: '2026-11-24T07:00:00Z', account: '123456789012' };

    expect(validateEvent(delivered)).toBe(true);
    expect(mistakesIn(event)).toBeUndefined();
  });

  it('names every format that is decoded', () => {
    const { description } = schema.definitions.ImageFacts.properties.format;

    const named = [...description.matchAll(/`(\w+)`/g)].map(([, name]) => name!);

    expect(named.toSorted()).toEqual(formats.map(({ name }) => name).toSorted());
  });

  it('accepts fields that are added later', () => {
    const later = { ...classified, detail: { ...classified.detail, colours: ['red'] } };

    expect(validateEvent(later)).toBe(true);
    expect(mistakesIn(later)).toContain('must NOT have additional properties');
  });

  it.each(eachEvent)("requires each field of '%s' but the optional ones", (type, event) => {
    const optional = {
      'Image Classified': ['versionId', 'general'],
      'Image Rejected': ['versionId', 'eTag', 'size', 'image'],
      'Image Skipped': ['versionId'],
    }[type];

    const spared = Object.keys(event.detail).filter((field) =>
      validateEvent({ ...event, detail: { ...event.detail, [field]: undefined } }),
    );

    expect(spared.sort()).toEqual(optional.sort());
  });

  it.each([
    ['a source of somebody else', { source: 'aws.s3' }],
    ['another detail-type', { 'detail-type': 'Image Rejected' }],
    ['another version', { detail: { ...classified.detail, version: '2' } }],
    ['half a byte', { detail: { ...classified.detail, size: 0.5 } }],
    [
      'a turn that EXIF does not know',
      { detail: { ...classified.detail, image: { ...image, orientation: 9 } } },
    ],
    ['half a checksum', { detail: { ...classified.detail, model: { name: 'm', sha256: '8124f6b0' } } }],
    [
      'a score in words',
      { detail: { ...classified.detail, general: { id: 'n', label: 'cat', score: 'high' } } },
    ],
    ['an unknown way to end', { detail: { ...classified.detail, writeBack: 'perhaps' } }],
  ])('refuses %s', (_, change) => {
    expect(validateEvent({ ...classified, ...change })).toBe(false);
  });
});
