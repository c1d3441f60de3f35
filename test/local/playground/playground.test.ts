import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultLimits } from '../../../functions/classify/image/limits.ts';
import { readManifest } from '../../../functions/classify/network/manifest.ts';
import { readImage } from '../../../functions/classify/tensor/read-image.ts';
import type { Sample } from '../../../local/playground/server/samples.ts';
import {
  type PlaygroundProcess,
  startPlayground,
  temporaryFolder,
} from '../../support/playground-process.ts';
import { repository, run } from '../../support/run.ts';

function image(name: string) {
  return readFile(join(repository, 'test/goldens/images', name));
}

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let playground: PlaygroundProcess;

/** What the playground prints of the first three uploads. */
let printed: string[];

beforeAll(async () => {
  folder = await temporaryFolder();
  playground = await startPlayground(folder.path);
  const coffee = await image('coffee_base_420.jpg');
  await upload('my coffee+1.jpg', coffee, { CacheControl: 'max-age=60', Metadata: { owner: 'me' } });
  const headers = { 'content-type': 'image/jpeg' };
  await request('photos/zo%C3%AB%20%25.jpg', { method: 'PUT', headers, body: coffee });
  await upload('text.jpg', 'not an image');
  const { nextEvent } = playground;
  printed = [await nextEvent(), await nextEvent(), await nextEvent()];
}, 60_000);

afterAll(async () => {
  await playground.end();
  await folder.remove();
});

function upload(Key: string, Body: string | Uint8Array, more: object = {}) {
  return playground.s3.send(new PutObjectCommand({ Bucket: 'uploads', Key, Body, ...more }));
}

async function remove(...keys: string[]) {
  for (const Key of keys) await playground.s3.send(new DeleteObjectCommand({ Bucket: 'uploads', Key }));
}

async function head(Key: string) {
  return playground.s3.send(new HeadObjectCommand({ Bucket: 'uploads', Key }));
}

function request(path: string, init?: RequestInit) {
  return fetch(new URL(path, playground.pageUrl), init);
}

/** The page's first news: what is in the bucket. Then, `count` photos of which something is new. */
async function readNews(count = 0, page = playground.pageUrl) {
  const leave = new AbortController();
  const { body } = await fetch(new URL('events', page), { signal: leave.signal });
  const news = [];
  let text = '';
  for await (const chunk of body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const messages = text.split('\n\n');
    text = messages.pop()!;
    news.push(...messages.map((message) => JSON.parse(message.replace(/^event: \w+\ndata: /, ''))));
    if (news.length > count) break;
  }
  leave.abort();
  const [bucket, ...photos] = news;
  return { bucket, photos };
}

function summary(photos: { key: string; answer: { status: string } }[]) {
  return photos.map(({ key, answer }) => `${key}: ${answer.status}`).toSorted();
}

describe('the playground', () => {
  it('labels what the SDK and the page upload, rejects what is no image, and tells of each once', async () => {
    // The function takes one event after another: had one of its own copies raised an event, it would come before the third.
    expect(printed).toEqual([
      expect.stringMatching(/^my coffee\+1\.jpg {2}espresso \d\d\.\d %, /),
      expect.stringMatching(/^zoë %\.jpg {2}espresso /),
      expect.stringMatching(/^text\.jpg {2}rejected, UnsupportedFormat: /),
    ]);
    expect(await head('my coffee+1.jpg')).toMatchObject({
      CacheControl: 'max-age=60',
      Metadata: { owner: 'me', labels: expect.stringMatching(/^espresso=0\.8\d+,/) },
    });
    expect(await head('zoë %.jpg')).toMatchObject({
      ContentType: 'image/jpeg',
      Metadata: { 'labels-model': expect.stringMatching(/^efficientnet-lite0\//) },
    });
    expect(await head('text.jpg')).toMatchObject({ Metadata: {} });
    const { Body } = await playground.s3.send(
      new GetObjectCommand({ Bucket: 'uploads', Key: 'my coffee+1.jpg' }),
    );
    expect(await Body!.transformToByteArray()).toEqual(new Uint8Array(await image('coffee_base_420.jpg')));
  });

  it('tells the page what is in the bucket, oldest first, with the events', async () => {
    const { bucket } = await readNews();

    expect(bucket).toMatchObject({ bucket: 'uploads', model: 'efficientnet-lite0' });
    expect(bucket.photos).toMatchObject([
      {
        key: 'my coffee+1.jpg',
        answer: {
          status: 'classified',
          labels: [{ label: 'espresso' }, {}, {}, {}, {}],
          event: { detail: { writeBack: 'written', timings: { inferMs: expect.any(Number) } } },
        },
      },
      { key: 'zoë %.jpg', answer: { status: 'classified' } },
      { key: 'text.jpg', answer: { event: { detail: { error: { name: 'UnsupportedFormat' } } } } },
    ]);
  });

  it('keeps no folder waiting: it is no photo', async () => {
    const told = readNews(2);
    await upload('album/', 'x');
    await upload('again.jpg', await image('coffee_base_420.jpg'));

    expect(summary((await told).photos)).toEqual(['again.jpg: classified', 'again.jpg: waiting']);
    expect((await readNews()).bucket.photos).toHaveLength(4);
    expect(await playground.nextEvent()).toMatch(/^again.jpg/);
    await remove('album/', 'again.jpg');
  });

  it('leaves alone what is tagged so', async () => {
    await upload('private.jpg', await image('coffee_base_420.jpg'), { Tagging: 'labels=skip' });

    expect(await playground.nextEvent()).toBe('private.jpg  skipped, as its owner wants');
    expect((await head('private.jpg')).Metadata).toEqual({});
    await remove('private.jpg');
  });

  it('shows a picture, but never runs an upload as a page', async () => {
    const response = await request('photos/text.jpg');

    expect(await response.text()).toBe('not an image');
    expect(response.headers.get('content-security-policy')).toMatch(/^sandbox/);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('shows the metadata as head-object does', async () => {
    const response = await request(`heads/${encodeURIComponent('my coffee+1.jpg')}`);

    const { LastModified, $metadata: _, ...expected } = await head('my coffee+1.jpg');
    expect(await response.json()).toEqual({ ...expected, LastModified: LastModified!.toISOString() });
  });

  it('draws what the network was fed', async () => {
    const key = encodeURIComponent('my coffee+1.jpg');
    const response = await request(`inputs/efficientnet-lite0/${key}`);

    const manifest = readManifest(join(repository, 'layers/model/efficientnet-lite0'));
    const drawn = await readImage(new Uint8Array(await response.arrayBuffer()), defaultLimits, {
      input: manifest.input,
      // The picture has the network's size: what it is fed of it is just its pixels.
      preprocess: { ...manifest.preprocess, interpolation: 'nearest', policy: 'stretch' },
    });
    const fed = await readImage(await image('coffee_base_420.jpg'), defaultLimits, manifest);
    expect(drawn.info).toMatchObject({ format: 'png', width: 224, height: 224 });
    expect(drawn.toTensor()).toEqual(fed.toTensor());
  });

  it('has samples that can be uploaded', async () => {
    const [sample] = (await (await request('samples')).json()) as Sample[];
    const response = await request(`samples/${sample!.file}`);

    expect(response.headers.get('content-type')).toBe('image/png');
    expect((await response.arrayBuffer()).byteLength).toBeGreaterThan(10_000);
  });

  it('lets its page load nothing from elsewhere, and no script or style but its own', async () => {
    const response = await request('');

    const policy = response.headers.get('content-security-policy')!;
    expect(policy.split('; ')).toEqual(
      expect.arrayContaining(["default-src 'none'", "script-src 'self'", "style-src 'self'"]),
    );
    expect(policy).not.toMatch(/unsafe|data:|https?:|\*/);
  });

  it.each([
    ['GET', 'photos/nothing.jpg', 404],
    ['GET', 'photos/', 404],
    ['GET', 'heads/nothing.jpg', 404],
    ['GET', 'inputs/efficientnet-lite0/nothing.jpg', 404],
    ['GET', 'inputs/nothing/text.jpg', 404],
    ['GET', 'inputs/efficientnet-lite0/text.jpg', 422],
    ['GET', 'samples/samples.json', 404],
    ['GET', 'samples/..%2Fstart.ts', 404],
    ['GET', '../package.json', 404],
    ['PUT', 'model/nothing', 404],
    ['PUT', 'comparison/nothing', 404],
    ['POST', '', 405],
    ['PUT', 'photos/100%.png', 400],
    ['GET', 'photos/100%.png', 400],
    ['PUT', `photos/${'x'.repeat(300)}.png`, 400],
  ])('answers %s /%s with %i', async (method, path, status) => {
    const response = await request(path, { method });

    expect(response.status).toBe(status);
  });

  it.each([{ origin: 'https://example.com' }, { 'sec-fetch-site': 'cross-site' }])(
    'refuses the pages of other sites: %j',
    async (headers) => {
      const response = await request('photos/theirs.jpg', { method: 'PUT', headers, body: 'x' });

      expect(response.status).toBe(403);
      expect((await request('photos/theirs.jpg')).status).toBe(404);
    },
  );

  it.skipIf(process.platform === 'win32')(
    'ends cleanly on Ctrl-C, and keeps the bucket that --data names',
    async () => {
      const another = await temporaryFolder();
      const first = await startPlayground(another.path);
      for (const [file, body] of [
        ['cup.jpg', await image('coffee_base_420.jpg')],
        ['text.jpg', 'not an image'],
      ] as const) {
        await fetch(new URL(`photos/${file}`, first.pageUrl), { method: 'PUT', body });
        await first.nextEvent();
      }

      expect(await first.end('SIGINT')).toBe(0);
      await expect(fetch(first.pageUrl)).rejects.toThrow();
      const second = await startPlayground(another.path);

      const { bucket } = await readNews(0, second.pageUrl);
      expect(summary(bucket.photos)).toEqual(['cup.jpg: classified', 'text.jpg: unlabelled']);
      await second.end();
      await another.remove();
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
