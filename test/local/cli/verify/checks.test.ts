import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { Broken, Untold } from '../../../../local/cli/verify/check.ts';
import { annotationCondition, annotationTable } from '../../../../local/cli/verify/checks/annotations.ts';
import { batchOperations } from '../../../../local/cli/verify/checks/batch-operations.ts';
import { eventBridgeEvent, partialFailure } from '../../../../local/cli/verify/checks/invocations.ts';
import { textRejected } from '../../../../local/cli/verify/checks/labels.ts';
import { deletionWins, secondUploadWins } from '../../../../local/cli/verify/checks/races.ts';
import {
  deadLettersEmpty,
  logLines,
  noLoop,
  oneEvent,
} from '../../../../local/cli/verify/checks/restraint.ts';
import { noEvents } from '../../../../local/cli/verify/event-log.ts';
import { labelled } from '../../../../local/cli/verify/objects.ts';
import { compareWithTwin } from '../../../../local/cli/verify/twin.ts';
import { eventAbout, eventsOf, fakeTarget, settings, uploadOf } from './fake-target.ts';

const cat = uploadOf('cat');

function marked(eTag: string) {
  return { Metadata: { 'labels-mark': `${eTag}/12345678`, 'labels-model': 'a/1', labels: 'tabby=0.9000' } };
}

describe('labelled', () => {
  const events = eventsOf([eventAbout(cat)]);

  it('resolves with the labels of the uploaded bytes', async () => {
    const target = fakeTarget({ HeadObject: marked(cat.eTag) }, { events });

    expect(await labelled(target, cat)).toMatchObject({
      labels: { storedAs: 'metadata', labels: [{ label: 'tabby', score: 0.9 }] },
    });
  });

  it.each([
    ['labels of other bytes', marked('other'), {}, /are of other bytes: other\/12345678, not tag-of-cat/],
    ['no labels', { Metadata: {} }, {}, /the metadata of cat has no labels/],
    [
      'an event without labels written',
      marked(cat.eTag),
      { events: eventsOf([eventAbout(cat, 'Image Classified', { writeBack: 'superseded' })]) },
      /says writeBack superseded/,
    ],
    [
      'a rejection',
      marked(cat.eTag),
      {
        events: eventsOf([
          eventAbout(cat, 'Image Rejected', { error: { name: 'CorruptImage', message: 'cut' } }),
        ]),
      },
      /is Image Rejected \(CorruptImage: cut\)/,
    ],
    ['no event', marked(cat.eTag), { events: eventsOf([]) }, /no event about cat after 90 s/],
  ])('finds %s', async (_, head, changed, message) => {
    const target = fakeTarget({ HeadObject: head }, { events, ...changed });

    const broken = labelled(target, cat);

    await expect(broken).rejects.toThrow(Broken);
    await expect(broken).rejects.toThrow(message);
  });

  it.each([
    [
      'annotation',
      { AnnotationPayload: { transformToString: async () => '{"eTag":"other"}' } },
      /annotation of cat is of other/,
    ],
    ['tags', {}, /the tags of cat have no label/],
  ] as const)('looks for labels in the %s, if the stack writes them', async (mode, annotation, message) => {
    const answers = { HeadObject: {}, GetObjectAnnotation: annotation, GetObjectTagging: { TagSet: [] } };
    const target = fakeTarget(answers, { events, settings: { ...settings, writeBack: [mode] } });

    await expect(labelled(target, cat)).rejects.toThrow(message);
  });

  it('waits for the labels themselves where no events can be received', async () => {
    const heads = [{}, marked(cat.eTag), marked(cat.eTag), marked(cat.eTag), marked(cat.eTag)];
    const target = fakeTarget(
      {
        HeadObject: () => heads.shift(),
        GetObjectTagging: { TagSet: [] },
        GetObjectAnnotation: { AnnotationPayload: undefined },
      },
      { events: noEvents('no right to create a queue') },
    );

    expect(await labelled(target, cat)).toMatchObject({ event: undefined, labels: { storedAs: 'metadata' } });
  });
});

describe('compareWithTwin', () => {
  const twin = uploadOf('twin', 'Image Skipped');
  const compare = (
    heads: Readonly<Record<string, object>>,
    tags: Readonly<Record<string, object[]>> = {},
  ) => {
    const nameIn = ({ Key }: Readonly<Record<string, unknown>>) => (Key === twin.key ? 'twin' : 'cat');
    const target = fakeTarget(
      {
        HeadObject: (input) => heads[nameIn(input)],
        GetObjectTagging: (input) => ({ TagSet: tags[nameIn(input)] ?? [] }),
      },
      { events: eventsOf([eventAbout(cat)]) },
    );
    return compareWithTwin(target, cat, twin, ['CacheControl']);
  };
  const alike = { CacheControl: 'max-age=60', ETag: 'x' };

  it('ignores the labels, and what tells any object from another', async () => {
    const heads = {
      cat: { ...alike, ...marked(cat.eTag), ETag: 'y', VersionId: '2' },
      twin: { ...alike, VersionId: '1', Metadata: {} },
    };
    const tags = { twin: [{ Key: 'labels', Value: 'skip' }] };

    expect(await compare(heads, tags)).toEqual(['CacheControl', 'Metadata']);
  });

  it.each([
    [
      'a property',
      { ...alike, CacheControl: 'no-cache' },
      {},
      /CacheControl was "max-age=60", and is "no-cache"/,
    ],
    ['a property that is gone', { ETag: 'x' }, {}, /CacheControl was "max-age=60", and is undefined/],
    [
      'a property that is new',
      { ...alike, StorageClass: 'GLACIER' },
      {},
      /StorageClass was undefined, and is/,
    ],
    ['a tag', alike, { twin: [{ Key: 'album', Value: 'cats' }] }, /tags was \{"album":"cats"\}, and is \{\}/],
  ])('finds %s', async (_, head, tags, message) => {
    const heads = { cat: { ...head, ...marked(cat.eTag) }, twin: { ...alike, Metadata: {} } };

    await expect(compare(heads, tags)).rejects.toThrow(message);
  });

  it('refuses a comparison in which S3 does not return the property', async () => {
    const heads = { cat: marked(cat.eTag), twin: { Metadata: {} } };

    await expect(compare(heads)).rejects.toThrow(/S3 does not return CacheControl/);
  });
});

describe('text-rejected', () => {
  it('finds an object that has changed', async () => {
    const notes = { ...uploadOf('notes.jpg'), eTag: 'e' };
    const heads = [{ ETag: 'e' }, { ETag: 'f' }];
    const error = { name: 'UnsupportedFormat', message: 'plain text' };
    const target = fakeTarget(
      { PutObject: { ETag: '"e"' }, HeadObject: () => heads.shift() },
      { events: eventsOf([eventAbout(notes, 'Image Rejected', { error })]) },
    );

    await expect(textRejected.run(target)).rejects.toThrow(/it was \{"ETag":"e"\} and is now \{"ETag":"f"\}/);
  });
});

describe('second-upload-wins', () => {
  it('finds the bytes of the first', async () => {
    const names = ['twice-after-0'].map((name) => ({ ...uploadOf(name), eTag: 'e' }));
    const target = fakeTarget(
      { PutObject: { ETag: '"e"' }, HeadObject: { ...marked('e'), ContentLength: 3 } },
      { events: eventsOf(names.map((upload) => eventAbout(upload))) },
    );

    await expect(secondUploadWins.run(target)).rejects.toThrow(/has 3 bytes; the second upload has 56450/);
  });
});

describe('delete-during-labelling', () => {
  const answers = { PutObject: { ETag: '"e"' }, DeleteObject: {} };

  it('finds an object that is there again', async () => {
    const target = fakeTarget({ ...answers, GetObjectTagging: { TagSet: [] } });

    await expect(deletionWins.run(target)).rejects.toThrow(/deleted-after-0 is there again/);
  });

  it('is content with objects that are gone', async () => {
    const gone = Object.assign(new Error('gone'), { $metadata: { httpStatusCode: 404 } });
    const target = fakeTarget({ ...answers, GetObjectTagging: () => Promise.reject(gone) });

    expect(await deletionWins.run(target)).toBe('none of them is there; events: none');
  });
});

describe('one-event', () => {
  const textOf = (types: readonly string[]) =>
    oneEvent.run(
      fakeTarget(
        {},
        {
          uploads: [cat, uploadOf('raced', 'any')],
          events: eventsOf(types.map((type) => eventAbout(cat, type))),
        },
      ),
    );

  it('counts the uploads that nothing overtakes', async () => {
    expect(await textOf(['Image Classified'])).toBe('1 uploads, one event each');
  });

  it.each([
    ['none', []],
    ['two', ['Image Classified', 'Image Classified']],
    ['another', ['Image Rejected']],
  ])('finds %s', async (_, types) => {
    await expect(textOf(types)).rejects.toThrow(/cat has \d events/);
  });
});

describe('the checks of the log', () => {
  function target(lines: readonly object[]) {
    const events = lines.map((line) => ({ message: JSON.stringify({ objectKey: cat.key, ...line }) }));
    const noise = [
      { message: 'START RequestId: bucketlens-verify-1' },
      { message: '{"objectKey":"other","message":"gone"}' },
    ];
    return fakeTarget({ FilterLogEvents: { events: [...noise, ...events] } }, { uploads: [cat] });
  }
  const classified = { message: 'classified', eTag: cat.eTag };
  const ownCopy = { message: 'own-copy' };

  it('count one line of an image, and one of its own copy', async () => {
    expect(await logLines.run(target([classified, ownCopy]))).toBe('1 uploads, one line each');
    expect(await noLoop.run(target([classified, ownCopy]))).toBe(
      '2 invocations for 1 uploads, 1 of them for its own copies',
    );
  });

  it('find a second line', async () => {
    await expect(logLines.run(target([classified, classified]))).rejects.toThrow(/cat has 2 lines/);
  });

  it('find another outcome than that of the event', async () => {
    await expect(logLines.run(target([{ ...classified, message: 'rejected' }]))).rejects.toThrow(
      /cat has 1 lines: rejected/,
    );
  });

  it('find a loop', async () => {
    await expect(noLoop.run(target([classified, ownCopy, ownCopy]))).rejects.toThrow(
      '3 invocations for cat, uploaded 1 times',
    );
  });

  it('cannot tell without the name of the log group', async () => {
    const { LogGroupName: _, ...deployment } = fakeTarget().deployment;

    await expect(noLoop.run(fakeTarget({}, { deployment }))).rejects.toThrow(Untold);
  });
});

describe('dead-letters', () => {
  const count = (visible: string, deadLettersBefore: number) =>
    deadLettersEmpty.run(
      fakeTarget(
        {
          GetQueueAttributes: {
            Attributes: {
              ApproximateNumberOfMessages: visible,
              ApproximateNumberOfMessagesNotVisible: '0',
            },
          },
        },
        { deadLettersBefore },
      ),
    );

  it('says whether messages are of this run', async () => {
    expect(await count('0', 0)).toBe('the queue is empty');
    await expect(count('2', 0)).rejects.toThrow(/^2 messages are in the queue$/);
    await expect(count('2', 1)).rejects.toThrow(/1 of them from before this run/);
  });

  it('cannot tell without the URL of the queue', async () => {
    const { DeadLetterQueueUrl: _, ...deployment } = fakeTarget().deployment;

    await expect(deadLettersEmpty.run(fakeTarget({}, { deployment }))).rejects.toThrow(Untold);
  });
});

describe('checks that invoke the function', () => {
  const invoking = (check: typeof partialFailure, answer: string, more: object = {}) => {
    const upload = { ...uploadOf(check === partialFailure ? 'batch' : 'eventbridge'), eTag: 'e' };
    const target = fakeTarget(
      {
        PutObject: { ETag: '"e"' },
        HeadObject: marked('e'),
        Invoke: { Payload: Buffer.from(answer), ...more },
      },
      { events: eventsOf([eventAbout(upload)]) },
    );
    return check.run(target);
  };
  const onlyPoison = '{"batchItemFailures":[{"itemIdentifier":"poison"}]}';

  it('expect only the message that failed to go back', async () => {
    expect(await invoking(partialFailure, onlyPoison)).toBe(onlyPoison);
    await expect(invoking(partialFailure, '{"batchItemFailures":[]}')).rejects.toThrow(Broken);
  });

  it("expect EventBridge's event to be understood", async () => {
    expect(await invoking(eventBridgeEvent, '["classified"]')).toMatch(/^\["classified"\]/);
    await expect(invoking(eventBridgeEvent, '["gone"]')).rejects.toThrow(/answered \["gone"\]/);
  });

  it('find a function that fails', async () => {
    const failing = invoking(eventBridgeEvent, '{"errorType":"UnknownEvent"}', {
      FunctionError: 'Unhandled',
    });

    await expect(failing).rejects.toThrow(/the function failed: \{"errorType":"UnknownEvent"\}/);
  });
});

describe('batch-operations', () => {
  const photos = ['job/one', 'job/two'].map((name) => ({ ...uploadOf(name), eTag: 'e' }));
  const report = (key: string) => ({
    'job-7/manifest.json': JSON.stringify({
      Results: [{ TaskExecutionStatus: 'failed', Key: 'failed.csv' }],
    }),
    'failed.csv': `photos,${key},,failed,,,UnsupportedFormat: plain text\n`,
  });
  const run = (summary: object, files: Readonly<Record<string, string>>) =>
    batchOperations.run(
      fakeTarget(
        {
          PutObject: { ETag: '"e"' },
          HeadObject: marked('e'),
          CreateJob: { JobId: '7' },
          DescribeJob: { Job: { Status: 'Complete', ProgressSummary: summary } },
          GetObject: ({ Key }) => {
            const body = Readable.from([files[String(Key)]]);
            return { Body: Object.assign(body, { transformToString: async () => files[String(Key)] }) };
          },
        },
        { events: eventsOf(photos.map((photo) => eventAbout(photo))) },
      ),
    );
  const asExpected = { TotalNumberOfTasks: 3, NumberOfTasksSucceeded: 2, NumberOfTasksFailed: 1 };

  it('expects two photos to succeed, and the report to name the text', async () => {
    expect(await run(asExpected, report('in/bucketlens-verify-1/job/text'))).toBe(
      '2 succeeded; the report says of the text: UnsupportedFormat: plain text',
    );
  });

  it('finds a job that has missed an object, and a report that names another', async () => {
    const missed = { ...asExpected, TotalNumberOfTasks: 2, NumberOfTasksSucceeded: 1 };

    await expect(run(missed, {})).rejects.toThrow(
      'of 2 objects 1 succeeded and 1 failed; expected 3, 2 and 1',
    );
    await expect(run(asExpected, report('in/other'))).rejects.toThrow(/expected the text alone/);
  });
});

describe('annotation-table', () => {
  const configured = (table: object | undefined) =>
    annotationTable.run(
      fakeTarget({
        GetBucketMetadataConfiguration: {
          GetBucketMetadataConfigurationResult: {
            MetadataConfigurationResult: { AnnotationTableConfigurationResult: table },
          },
        },
      }),
    );

  it('finds the table, or none, or one that failed', async () => {
    expect(await configured({ ConfigurationState: 'ENABLED', TableStatus: 'ACTIVE' })).toBe(
      'the table is ENABLED, ACTIVE',
    );
    await expect(configured(undefined)).rejects.toThrow('the bucket has no annotation table');
    await expect(configured({ ConfigurationState: 'ENABLED', TableStatus: 'FAILED' })).rejects.toThrow(
      Broken,
    );
  });
});

describe('annotation-condition', () => {
  it('finds an S3 that ignores the condition', async () => {
    const target = fakeTarget({
      PutObject: { ETag: '"e"' },
      HeadObject: { ETag: '"e"' },
      PutObjectAnnotation: {},
    });

    await expect(annotationCondition.run(target)).rejects.toThrow(/it was written; expected 412/);
  });
});
