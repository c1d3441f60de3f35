import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { writeAnnotation } from '../../../functions/classify/write-back/annotation.ts';
import { labelMetadata } from '../../../functions/classify/write-back/metadata.ts';
import { labelsInMetadata, readObjectLabels } from '../../../functions/classify/write-back/read-labels.ts';
import { mergeTags } from '../../../functions/classify/write-back/tags.ts';
import { type AwsAnswer, type AwsServer, startAws } from '../../support/aws/aws-server.ts';
import { startLocalS3 } from '../../support/local-s3.ts';
import { run, start, untilEnd } from '../../support/run.ts';

const ref = { bucket: 'photos', key: 'my cat.jpg', eTag: 'abc', isCopy: false };
const head = { ETag: '"abc"' };
const written = {
  predictions: [
    { index: 281, id: 'n02123045', label: 'tabby', score: 0.7512 },
    { index: 282, id: 'n02123159', label: 'tiger_cat', score: 0.2 },
  ],
  general: { id: 'n02121808', label: 'domestic cat', score: 0.9512 },
  model: { name: 'resnet50', sha256: '2cb95161'.padEnd(64, '0') },
  metadataPrefix: 'labels',
};
const labels = written.predictions.map(({ label, score }) => ({ label, score }));
const general = { label: 'domestic cat', score: 0.9512 };

let aws: AwsServer;
let s3: S3Client;
/** State of the server's one object. */
let object: { metadata?: Record<string, string>; annotation?: AwsAnswer; tags?: AwsAnswer };

beforeAll(async () => {
  aws = await startAws(({ method, url, body }) => {
    if (decodeURI(url.pathname) !== '/photos/my cat.jpg') return { status: 404 };
    if (method === 'HEAD') return { headers: metadataHeaders(object.metadata) };
    if (method === 'PUT') {
      object.annotation = { body };
      return {};
    }
    if (url.searchParams.has('annotation')) return object.annotation ?? failure(404, 'NoSuchAnnotation');
    if (url.searchParams.has('tagging')) return object.tags ?? { body: '<Tagging><TagSet/></Tagging>' };
    return { status: 500 };
  });
  s3 = new S3Client({
    endpoint: aws.url,
    forcePathStyle: true,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
});
beforeEach(() => {
  object = {};
});
afterAll(async () => {
  s3.destroy();
  await aws.close();
});

function metadataHeaders(metadata: Record<string, string> = {}) {
  return Object.fromEntries(Object.entries(metadata).map(([key, value]) => [`x-amz-meta-${key}`, value]));
}

function failure(status: number, code: string): AwsAnswer {
  return {
    status,
    body: `<Error><Code>${code}</Code><Message>no</Message></Error>`,
  };
}

function tagsOf(tags: readonly { Key?: string | undefined; Value?: string | undefined }[]): AwsAnswer {
  return {
    body: `<Tagging><TagSet>${tags.map(({ Key, Value }) => `<Tag><Key>${Key}</Key><Value>${Value}</Value></Tag>`).join('')}</TagSet></Tagging>`,
  };
}

function annotate() {
  return writeAnnotation(s3, ref, head, written, new AbortController().signal);
}

function read() {
  return readObjectLabels(s3, { Bucket: 'photos', Key: 'my cat.jpg' }, 'labels');
}

describe('readObjectLabels', () => {
  it('reads labels from the metadata with a single request', async () => {
    object.metadata = labelMetadata(ref, head, written)!;
    const before = aws.requests.length;

    const found = await read();

    expect(found).toEqual({ storedAs: 'metadata', model: 'resnet50/2cb95161', labels, general });
    expect(aws.requests.slice(before)).toHaveLength(1);
  });

  it('takes labels with an invalid encoding as they are', () => {
    const fake = { labels: '100%cat=0.5,%1b[2J=0.25', 'labels-model': 'mine/1' };

    expect(labelsInMetadata(fake, 'labels')?.labels).toEqual([
      { label: '100%cat', score: 0.5 },
      { label: '\x1b[2J', score: 0.25 },
    ]);
  });

  it('drops labels without a probability', () => {
    const fake = { labels: 'cat,dog=much,cow=-1,hen=2,eel=NaN,ant=0.5', 'labels-model': 'mine/1' };

    expect(labelsInMetadata(fake, 'labels')?.labels).toEqual([{ label: 'ant', score: 0.5 }]);
  });

  it('reads labels from the annotation', async () => {
    await annotate();

    expect(await read()).toEqual({
      storedAs: 'annotation',
      model: 'resnet50/2cb95161',
      labels,
      general,
    });
  });

  it('reads the top label from the tags', async () => {
    object.tags = tagsOf(mergeTags([{ Key: 'owner', Value: 'me' }], written.predictions[0]));

    expect(await read()).toEqual({ storedAs: 'tags', labels: labels.slice(0, 1) });
  });

  it('reads the tags if annotations are not readable', async () => {
    object.annotation = failure(403, 'AccessDenied');
    object.tags = tagsOf(mergeTags([], written.predictions[0]));

    expect(await read()).toMatchObject({ storedAs: 'tags' });
  });

  it('round-trips labels with any characters through the metadata', () => {
    const scored = fc.record({
      label: fc.string({ minLength: 1, maxLength: 20, unit: 'binary' }),
      score: fc.integer({ min: 0, max: 10_000 }).map((tenThousandths) => tenThousandths / 10_000),
    });
    fc.assert(
      fc.property(fc.array(scored, { maxLength: 3 }), (any) => {
        const predictions = any.map((prediction) => ({ ...prediction, index: 0, id: 'n0' }));
        const metadata = labelMetadata(ref, head, { ...written, predictions })!;

        const found = labelsInMetadata(metadata, 'labels');

        expect(found?.labels).toEqual(any);
      }),
    );
  });
});

describe('readObjectLabels on an object without labels', () => {
  it.each<[string, typeof object]>([
    ['an object that has nothing', {}],
    ["a user's own metadata key `labels`", { metadata: { labels: 'skip' } }],
    ["a user's own tag", { tags: tagsOf([{ Key: 'label', Value: 'Sony Music' }]) }],
    [
      "a user's own tags of the same names",
      {
        tags: tagsOf([
          { Key: 'label', Value: 'Sony Music' },
          { Key: 'score', Value: 'five stars' },
        ]),
      },
    ],
    ['an annotation of another application', { annotation: { body: '{"labels":[]}' } }],
    ['an annotation that is not JSON', { annotation: { body: 'ÿØÿà' } }],
    ['a server without annotations', { annotation: failure(501, 'NotImplemented') }],
  ])('finds none in %s', async (_, has) => {
    object = has;

    expect(await read()).toBeUndefined();
  });

  it('throws if a place that may hold labels is not readable', async () => {
    object.annotation = failure(403, 'AccessDenied');

    await expect(read()).rejects.toThrow(expect.objectContaining({ name: 'AccessDenied' }));
  });
});

describe('npm run labels', () => {
  const command = (...args: string[]) => run('labels', ['--endpoint-url', aws.url, ...args]);

  it('prints a table', async () => {
    object.metadata = labelMetadata(ref, head, written)!;

    expect(await command('s3://photos/my cat.jpg')).toEqual({
      stdout: [
        's3://photos/my cat.jpg  resnet50/2cb95161, from its metadata',
        '   75.1 %  tabby',
        '   20.0 %  tiger_cat',
        '   95.1 %  domestic cat (in general)',
        '',
      ].join('\n'),
      stderr: '',
      exitCode: 0,
    });
  });

  it('escapes control characters that metadata holds', async () => {
    object.metadata = { labels: '%1b[2J=0.5', 'labels-model': 'mine/1' };

    expect((await command('s3://photos/my cat.jpg')).stdout).toContain('  50.0 %  \\u001b[2J\n');
  });

  it('prints JSON', async () => {
    await annotate();

    const { stdout, exitCode } = await command('--json', 's3://photos/my cat.jpg');

    expect(JSON.parse(stdout)).toEqual({
      object: 's3://photos/my cat.jpg',
      storedAs: 'annotation',
      model: 'resnet50/2cb95161',
      labels,
      general,
    });
    expect(exitCode).toBe(0);
  });

  it('reads metadata keys with the given prefix', async () => {
    object.metadata = labelMetadata(ref, head, { ...written, metadataPrefix: 'seen' })!;

    const { stdout } = await command('--metadata-prefix', 'seen', 's3://photos/my cat.jpg');

    expect(stdout).toContain('tabby');
  });

  it('says that no label reaches minScore', async () => {
    object.metadata = { 'labels-model': 'resnet50/2cb95161' };

    const { stdout, exitCode } = await command('s3://photos/my cat.jpg');

    expect(stdout).toContain('  no label reaches minScore\n');
    expect(exitCode).toBe(0);
  });

  it('says how to lower the minScore of a stack', async () => {
    object.metadata = { 'labels-model': 'resnet50/2cb95161' };
    const onAws = {
      ...process.env,
      // By address, the bucket is in the path.
      AWS_ENDPOINT_URL_S3: aws.url.replace('localhost', '127.0.0.1'),
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    };

    const { stdout, stderr, exitCode } = await untilEnd(start('labels', ['s3://photos/my cat.jpg'], onAws));

    expect(stdout, stderr).toContain(
      'no label reaches minScore; to lower it: npx bucketlens deploy -c minScore=',
    );
    expect(exitCode).toBe(0);
  });

  it.each([
    [
      'an object has no labels',
      's3://photos/my cat.jpg',
      /^error: s3:\/\/photos\/my cat\.jpg has no labels in its metadata, .*\nLook next at the playground's page.*\n$/,
    ],
    [
      'an object does not exist',
      's3://photos/dog.jpg',
      /^error: there is no object s3:\/\/photos\/dog\.jpg; keys are case-sensitive\n$/,
    ],
  ])('reports that %s', async (_, url, sentence) => {
    const { stdout, stderr, exitCode } = await command(url);

    expect(stderr).toMatch(sentence);
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 1 });
  });

  it('exits with 2 on an argument that is not an S3 URL', async () => {
    const { stderr, exitCode } = await command('photos/cat.jpg');

    expect(stderr).toContain('Expected s3://BUCKET/KEY.');
    expect(exitCode).toBe(2);
  });
});

it("npm run labels reads the playground's objects without credentials", async () => {
  const local = await startLocalS3();
  const upload = (Key: string, Metadata: Record<string, string>) =>
    local.s3.send(new PutObjectCommand({ Bucket: 'uploads', Key, Body: 'ÿØÿà', Metadata }));
  await upload('labelled.jpg', labelMetadata(ref, head, written)!);
  await upload('plain.jpg', {});

  const labelled = await run('labels', ['--endpoint-url', local.url, 's3://uploads/labelled.jpg']);
  const plain = await run('labels', ['--endpoint-url', local.url, 's3://uploads/plain.jpg']);

  await local.close();
  expect(labelled.stdout).toContain('tabby');
  expect(plain.stderr).toContain('has no labels');
});
