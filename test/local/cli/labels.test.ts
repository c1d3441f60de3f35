import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { writeAnnotation } from '../../../functions/classify/write-back/annotation.ts';
import { labelMetadata } from '../../../functions/classify/write-back/metadata.ts';
import {
  general,
  head,
  type LabelledObject,
  labels,
  ref,
  startLabelledObject,
  written,
} from '../../support/aws/labelled-object.ts';
import { startLocalS3 } from '../../support/local-s3.ts';
import { run, start, untilEnd } from '../../support/run.ts';

let object: LabelledObject;

beforeAll(async () => {
  object = await startLabelledObject();
});
beforeEach(() => object.store({}));
afterAll(() => object.close());

describe('npm run labels', () => {
  const command = (...args: string[]) => run('labels', ['--endpoint-url', object.url, ...args]);

  it('prints a table', async () => {
    object.store({ metadata: labelMetadata(ref, head, written)! });

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
    object.store({ metadata: { labels: '%1b[2J=0.5', 'labels-model': 'mine/1' } });

    expect((await command('s3://photos/my cat.jpg')).stdout).toContain('  50.0 %  \\u001b[2J\n');
  });

  it('prints JSON', async () => {
    await writeAnnotation(object.s3, ref, head, written, new AbortController().signal);

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
    object.store({ metadata: labelMetadata(ref, head, { ...written, metadataPrefix: 'seen' })! });

    const { stdout } = await command('--metadata-prefix', 'seen', 's3://photos/my cat.jpg');

    expect(stdout).toContain('tabby');
  });

  it('says that no label reaches minScore', async () => {
    object.store({ metadata: { 'labels-model': 'resnet50/2cb95161' } });

    const { stdout, exitCode } = await command('s3://photos/my cat.jpg');

    expect(stdout).toContain('  no label reaches minScore\n');
    expect(exitCode).toBe(0);
  });

  it('says how to lower the minScore of a stack', async () => {
    object.store({ metadata: { 'labels-model': 'resnet50/2cb95161' } });
    const onAws = {
      ...process.env,
      // By address, the bucket is in the path.
      AWS_ENDPOINT_URL_S3: object.url.replace('localhost', '127.0.0.1'),
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    };

    const { stdout, stderr, exitCode } = await untilEnd(start('labels', ['s3://photos/my cat.jpg'], onAws));

    expect(stdout, stderr).toContain(
      'no label reaches minScore; to lower it: npx bucketlens deploy -c minScore=… and your other settings',
    );
    expect(exitCode).toBe(0);
  });

  it('reports that nothing answers at the endpoint', async () => {
    const { stderr, exitCode } = await run('labels', [
      '--endpoint-url',
      'http://127.0.0.1:1',
      's3://photos/cat.jpg',
    ]);

    expect(stderr).toBe(
      'error: nothing answers at --endpoint-url http://127.0.0.1:1 (ECONNREFUSED); start the playground, and take the S3 endpoint that it prints: npx bucketlens start\n',
    );
    expect(exitCode).toBe(1);
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
      /^error: there is no object s3:\/\/photos\/dog\.jpg, or no such bucket; keys are case-sensitive\n$/,
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
