/** Labels written to an object's metadata read back the same; metadata of strangers reads as valid labels or none. */
import assert from 'node:assert/strict';
import { isLabelledBy } from '../../../../functions/classify/object/mark.ts';
import type { ObjectHead } from '../../../../functions/classify/object/object-head.ts';
import { labelMetadata } from '../../../../functions/classify/write-back/metadata.ts';
import { labelsInMetadata } from '../../../../functions/classify/write-back/read-labels.ts';
import { mergeTags } from '../../../../functions/classify/write-back/tags.ts';
import { jsonInput, parseInput, textsIn } from '../json.ts';

export function seeds(): Uint8Array[] {
  return [
    {
      key: 'dog.jpg',
      labels: { 'Indian elephant': 0.8266, tusker: 0.11 },
      metadata: { photographer: 'Zoë' },
    },
    { key: 'ä/ü.jpg', labels: { '100 %, a=b': 1, キツネ: 0, '\ud800': 0.5 }, metadata: { labels: 'skip' } },
    {
      key: 'a',
      labels: {},
      metadata: {
        labels: 'Indian_elephant=0.8266,tusker=0.1122',
        'labels-general': 'elephant=0.9998',
        'labels-model': 'resnet50/2cb95161',
        'labels-mark': 'd41d8/00000000',
      },
    },
  ].map(jsonInput);
}

const model = { name: 'resnet50', sha256: '2cb95161'.padEnd(64, '0') };
const metadataPrefix = 'labels';

export function check(input: Uint8Array): void {
  const { key, labels, metadata } = Object(parseInput(input));
  const predictions = Object.entries(Object(labels)).map(([label, score], index) => ({
    index,
    id: String(index),
    label,
    score: Math.min(Math.max(Number(score) || 0, 0), 1),
  }));
  const ref = { bucket: 'photos', key: String(key), eTag: 'd41d8', isCopy: false };
  const head = { ETag: '"d41d8"', Metadata: textsIn(metadata) } as unknown as ObjectHead;
  assertWithin01(labelsInMetadata(head.Metadata!, metadataPrefix));

  const [general] = predictions;
  const written = labelMetadata(ref, head, {
    predictions,
    ...(general && { general }),
    model,
    metadataPrefix,
  });
  if (written) {
    // Labels of an earlier model are removed.
    const { [`${metadataPrefix}-general`]: _, ...others } = head.Metadata!;
    const all = { ...others, ...written };
    for (const text of Object.entries(written).flat()) assert.match(text, /^[!-~]*$/);
    assert(bytesOf(all) <= 2048 || bytesOf(all) <= bytesOf(head.Metadata!), 'more than S3 takes');
    assert(isLabelledBy(model, ref, { ...head, Metadata: all }, metadataPrefix));
    const read = labelsInMetadata(all, metadataPrefix)!;
    assertWithin01(read);
    read.labels.forEach(({ label, score }, i) => {
      assert.equal(label, predictions[i]!.label.toWellFormed());
      assert(Math.abs(score - predictions[i]!.score) <= 5.1e-5);
    });
  }
  for (const { Key, Value } of mergeTags([], general)) {
    assert.match(Value!, /^[\p{L}\p{N}\p{Zs}+\-=._:/@]{0,256}$/u, `the tag ${Key}`);
  }
}

function bytesOf(metadata: Record<string, string>): number {
  return Buffer.byteLength(Object.entries(metadata).flat().join(''));
}

function assertWithin01(read: ReturnType<typeof labelsInMetadata>): void {
  for (const { label, score } of [...(read?.labels ?? []), ...(read?.general ? [read.general] : [])]) {
    assert(typeof label === 'string');
    assert(score >= 0 && score <= 1, `the score ${score}`);
  }
}
