import { describe, expect, it } from 'vitest';
import { EventNotPublished, toFailure, toResult } from '../../../functions/classify/batch-answer.ts';
import { UnknownEvent } from '../../../functions/classify/event/unknown-event.ts';
import type { Outcome } from '../../../functions/classify/label-image.ts';
import type { WriteBack } from '../../../functions/classify/write-back/labels.ts';

const head = { version: '1', bucket: 'photos', key: 'a.jpg', eTag: 'abc', size: 1, requestId: 'r1' } as const;
const predictions = [
  { index: 0, id: 'n1', label: 'cup', score: 0.75 },
  { index: 1, id: 'n2', label: 'mug', score: 0.06264 },
];

function classified(writeBack: WriteBack): Outcome {
  return {
    status: 'classified',
    event: {
      detailType: 'Image Classified',
      detail: {
        ...head,
        image: { format: 'jpeg', width: 1, height: 1, orientation: 1 },
        model: { name: 'resnet50', sha256: '0'.repeat(64) },
        predictions,
        writeBack,
        timings: { fetchMs: 0, decodeMs: 0, preprocessMs: 0, inferMs: 0, writeMs: 0 },
      },
    },
  };
}
function rejected(message: string): Outcome {
  return {
    status: 'rejected',
    event: { detailType: 'Image Rejected', detail: { ...head, error: { name: 'CorruptImage', message } } },
  };
}
const skipped: Outcome = {
  status: 'skipped',
  event: { detailType: 'Image Skipped', detail: { ...head, writeBack: 'skipped' } },
};

describe('the report of a batch job', () => {
  it.each<[string, Outcome | undefined, string, string]>([
    ['a folder', undefined, 'Succeeded', 'a folder, not an image'],
    ['our own copy', { status: 'own-copy' }, 'Succeeded', 'labelled by this model already'],
    ['labels of before', { status: 'labelled-already' }, 'Succeeded', 'labelled by this model already'],
    ['a deleted object', { status: 'gone' }, 'Succeeded', 'deleted or overwritten'],
    ['an opted-out object', skipped, 'Succeeded', 'its owner has opted out'],
    ['what is no image', rejected('cut off'), 'PermanentFailure', 'CorruptImage: cut off'],
    ['labels', classified('written'), 'Succeeded', 'written: cup=0.7500,mug=0.0626'],
    ['labels of older bytes', classified('superseded'), 'Succeeded', 'superseded: cup=0.7500,mug=0.0626'],
    [
      'labels without room',
      classified('too-large'),
      'PermanentFailure',
      "the object's own metadata, tags or annotations leave no room for cup=0.7500,mug=0.0626",
    ],
  ])('reports %s', (_, outcome, resultCode, resultString) => {
    expect(toResult('t1', outcome)).toEqual({ taskId: 't1', resultCode, resultString });
  });

  it('has temporary failures retried, and no others', () => {
    expect(toFailure('t1', new Error('slow down'))).toEqual({
      taskId: 't1',
      resultCode: 'TemporaryFailure',
      resultString: 'Error: slow down',
    });
    expect(toFailure('t1', new UnknownEvent('no key'))).toEqual({
      taskId: 't1',
      resultCode: 'PermanentFailure',
      resultString: 'UnknownEvent: no key',
    });
  });

  it('fails for good, with a way on, if the labels are written and the event is not published', () => {
    expect(toFailure('t1', new EventNotPublished(new Error('the bus is down')))).toEqual({
      taskId: 't1',
      resultCode: 'PermanentFailure',
      resultString:
        'EventNotPublished: the labels are on the object, but their event could not be published; invoke the function with its bucket and key, or run npx bucketlens backfill --force. Error: the bus is down',
    });
  });

  it('cuts each reason to the 1024 characters that S3 accepts', () => {
    const long = 'x'.repeat(2000);

    expect(toResult('t1', rejected(long)).resultString).toHaveLength(1024);
    expect(toFailure('t1', new Error(long)).resultString).toHaveLength(1024);
  });
});
