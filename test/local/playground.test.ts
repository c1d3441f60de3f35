import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repository, run, start } from './run.ts';

const image = (name: string) => readFile(join(repository, 'test/goldens/images', name));

let folder: string;
let playground: ReturnType<typeof start>;
let lines: AsyncIterator<string>;
let pageUrl: string;
let s3: S3Client;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bucketlens-test-'));
  playground = start('start', ['--port', '0', '--data', folder, '--model', 'efficientnet-lite0']);
  lines = createInterface(playground.stdout)[Symbol.asyncIterator]();
  pageUrl = (await nextLine(/Page +(\S+)$/))[1]!;
  const endpoint = (await nextLine(/S3 endpoint +(\S+)$/))[1]!;
  const credentials = { accessKeyId: 'ANYBODY', secretAccessKey: 'any' };
  s3 = new S3Client({ endpoint, region: 'eu-north-1', credentials });
}, 60_000);

afterAll(async () => {
  s3.destroy();
  await end('SIGTERM');
  await rm(folder, { recursive: true, maxRetries: 3 });
});

/** Ends the playground, if it has not ended, and waits until it has cleaned up. */
const end = async (signal: NodeJS.Signals): Promise<number | null> => {
  if (playground.exitCode === null && playground.kill(signal)) await once(playground, 'exit');
  return playground.exitCode;
};

/** Waits for a line of the playground's output. */
const nextLine = async (pattern: RegExp): Promise<RegExpExecArray> => {
  for (;;) {
    const { done, value } = await lines.next();
    if (done) throw new Error(`the playground ended before it printed ${pattern}`);
    const match = pattern.exec(value);
    if (match) return match;
  }
};

/** The playground's next line about an object. */
const nextEvent = async () => (await nextLine(/^\d\d:\d\d:\d\d {2}uploads\/(.*)$/))[1]!;

const head = async (Key: string) => s3.send(new HeadObjectCommand({ Bucket: 'uploads', Key }));

/** What the page is told: first all that is in the bucket, then what is new. */
const readPhotos = async (count: number) => {
  const leave = new AbortController();
  const { body } = await fetch(new URL('events', pageUrl), { signal: leave.signal });
  const photos = [];
  let text = '';
  for await (const chunk of body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const messages = text.split('\n\n');
    text = messages.pop()!;
    photos.push(...messages.map((message) => JSON.parse(message.slice('data: '.length))));
    if (photos.length >= count) break;
  }
  leave.abort();
  return photos;
};

describe('the playground', () => {
  it('labels what the SDK and the page upload, rejects what is no image, and tells of each once', async () => {
    const coffee = await image('coffee_base_420.jpg');
    const upload = { Bucket: 'uploads', Key: 'my coffee+1.jpg', Body: coffee };
    await s3.send(new PutObjectCommand({ ...upload, CacheControl: 'max-age=60', Metadata: { owner: 'me' } }));
    expect(await nextEvent()).toMatch(/^my coffee\+1\.jpg {2}espresso \d\d\.\d %, /);

    const response = await fetch(new URL('photos/zo%C3%AB%20%25.jpg', pageUrl), {
      method: 'PUT',
      headers: { 'content-type': 'image/jpeg' },
      body: coffee,
    });
    expect(response.status).toBe(204);
    expect(await nextEvent()).toMatch(/^zoë %\.jpg {2}espresso /);

    const text = await s3.send(new PutObjectCommand({ ...upload, Key: 'text.jpg', Body: 'not an image' }));
    // The function takes one event after another: had one of its own copies raised an event, it would come before this.
    expect(await nextEvent()).toMatch(/^text\.jpg {2}rejected, UnsupportedFormat: /);

    expect(await head('my coffee+1.jpg')).toMatchObject({
      CacheControl: 'max-age=60',
      Metadata: { owner: 'me', labels: expect.stringMatching(/^espresso=0\.8\d+,/) },
    });
    expect(await head('zoë %.jpg')).toMatchObject({
      ContentType: 'image/jpeg',
      Metadata: { 'labels-model': expect.stringMatching(/^efficientnet-lite0\//) },
    });
    expect(await head('text.jpg')).toMatchObject({ ETag: text.ETag, Metadata: {} });
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'uploads', Key: 'my coffee+1.jpg' }));
    expect(await Body!.transformToByteArray()).toEqual(new Uint8Array(coffee));
  });

  it('shows the page what is in the bucket', async () => {
    const photos = await readPhotos(3);

    expect(photos.toSorted((a, b) => (a.key < b.key ? -1 : 1))).toMatchObject([
      { key: 'my coffee+1.jpg', status: 'classified', labels: [{ label: 'espresso' }, {}, {}, {}, {}] },
      { key: 'text.jpg', status: 'rejected', reason: expect.stringContaining('UnsupportedFormat') },
      { key: 'zoë %.jpg', status: 'classified' },
    ]);
  });

  it('keeps no folder waiting: it is no photo', async () => {
    const told = readPhotos(5);
    const coffee = { Bucket: 'uploads', Key: 'my coffee+1.jpg', Body: await image('coffee_base_420.jpg') };
    await s3.send(new PutObjectCommand({ Bucket: 'uploads', Key: 'album/', Body: 'x' }));
    await s3.send(new PutObjectCommand(coffee));

    const news = (await told).slice(3).map(({ key, status }) => `${key}: ${status}`);
    expect(news).toEqual(['my coffee+1.jpg: waiting', 'my coffee+1.jpg: classified']);
    expect(await readPhotos(3)).toHaveLength(3);
  });

  it('shows a picture, but never runs an upload as a page', async () => {
    const response = await fetch(new URL('photos/text.jpg', pageUrl));

    expect(await response.text()).toBe('not an image');
    expect(response.headers.get('content-security-policy')).toMatch(/^sandbox/);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it.each(['', 'page.css', 'page.js'])(
    'serves the page without asking anything of other hosts: /%s',
    async (path) => {
      const response = await fetch(new URL(path, pageUrl));

      expect(response.status).toBe(200);
      expect(await response.text()).not.toMatch(/https?:\/\//);
    },
  );

  it.each([
    ['GET', 'photos/nothing.jpg', 404],
    ['GET', '../package.json', 404],
    ['POST', '', 405],
    ['PUT', 'photos/100%.png', 400],
    ['GET', 'photos/100%.png', 400],
  ])('answers %s /%s with %i', async (method, path, status) => {
    const response = await fetch(new URL(path, pageUrl), { method });

    expect(response.status).toBe(status);
  });

  it.skipIf(process.platform === 'win32')(
    'ends cleanly on Ctrl-C, and keeps the bucket that --data names',
    async () => {
      expect(await end('SIGINT')).toBe(0);
      await expect(fetch(pageUrl)).rejects.toThrow();

      playground = start('start', ['--port', '0', '--data', folder, '--model', 'efficientnet-lite0']);
      lines = createInterface(playground.stdout)[Symbol.asyncIterator]();
      pageUrl = (await nextLine(/Page +(\S+)$/))[1]!;
      const photos = await readPhotos(3);

      expect(photos.map(({ key, status }) => `${key}: ${status}`).toSorted()).toEqual([
        'my coffee+1.jpg: classified',
        'text.jpg: unlabelled',
        'zoë %.jpg: classified',
      ]);
    },
  );

  it('says in a sentence that its port is in use', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;

    const { stderr, exitCode } = await run('start', ['--port', String(port)]);

    taken.close();
    expect(stderr).toMatch(/^error: port \d+ is in use; choose another with --port\n$/);
    expect(exitCode).toBe(1);
  });

  it.each([
    [['--port', '70000'], 'It is a number up to 65534.'],
    [['--model', 'nothing'], 'efficientnet-lite0'],
  ])('says what is wrong with %j', async (args, message) => {
    const { stderr, exitCode } = await run('start', args);

    expect(stderr).toContain(message);
    expect(exitCode).not.toBe(0);
  });
});
