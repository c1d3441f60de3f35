import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
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

/** The lines printed for the first three uploads. */
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

/** Reads the page's first event, the state of the bucket, and then `count` changes of photos. */
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
  it('labels uploads of the SDK and the page, rejects other files, and publishes one event each', async () => {
    // Events are processed in order: an event caused by a write-back would come before the third.
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

  it('sends the page the photos of the bucket, oldest first, with their events', async () => {
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

  it('ignores folder markers', async () => {
    const told = readNews(2);
    await upload('album/', 'x');
    await upload('again.jpg', await image('coffee_base_420.jpg'));

    expect(summary((await told).photos)).toEqual(['again.jpg: classified', 'again.jpg: waiting']);
    expect((await readNews()).bucket.photos).toHaveLength(4);
    expect(await playground.nextEvent()).toMatch(/^again.jpg/);
    await remove('album/', 'again.jpg');
  });

  it('skips an object whose owner opted out by tag', async () => {
    await upload('private.jpg', await image('coffee_base_420.jpg'), { Tagging: 'labels=skip' });

    expect(await playground.nextEvent()).toBe('private.jpg  skipped: its owner opted out');
    expect((await head('private.jpg')).Metadata).toEqual({});
    await remove('private.jpg');
  });

  it('labels objects of every key that S3 accepts', async () => {
    const keys = ["Tom & Jerry <1> `x`'s.jpg", 'a//b.jpg', '/lead.jpg', '../up.jpg', 'nul\0.jpg'];
    const coffee = await image('coffee_base_420.jpg');
    for (const key of keys) await upload(key, coffee);
    for (const _ of keys) await playground.nextEvent();

    const { bucket } = await readNews();
    const labelled = new Map(bucket.photos.map(({ key, answer }: never) => [key, answer]));
    for (const key of keys) {
      expect(labelled.get(key)).toMatchObject({ status: 'classified', event: { detail: { key } } });
      expect((await head(key)).Metadata).toMatchObject({ labels: expect.stringMatching(/^espresso=/) });
      expect((await request(`photos/${encodeURIComponent(key)}`)).status).toBe(200);
    }
    await remove(...keys);
  });

  it('serves an upload as a picture that cannot run as a page', async () => {
    const response = await request('photos/text.jpg');

    expect(await response.text()).toBe('not an image');
    expect(response.headers.get('content-security-policy')).toMatch(/^sandbox/);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('serves the output of head-object', async () => {
    const response = await request(`heads/${encodeURIComponent('my coffee+1.jpg')}`);

    const { LastModified, $metadata: _, ...expected } = await head('my coffee+1.jpg');
    expect(await response.json()).toEqual({ ...expected, LastModified: LastModified!.toISOString() });
  });

  it('draws the network input', async () => {
    const key = encodeURIComponent('my coffee+1.jpg');
    const response = await request(`inputs/efficientnet-lite0/${key}`);

    const manifest = readManifest(join(repository, 'layers/model/efficientnet-lite0'));
    const drawn = await readImage(new Uint8Array(await response.arrayBuffer()), defaultLimits, {
      input: manifest.input,
      // The picture has the input size, so that no pixel is resampled.
      preprocess: { ...manifest.preprocess, interpolation: 'nearest', policy: 'stretch' },
    });
    const fed = await readImage(await image('coffee_base_420.jpg'), defaultLimits, manifest);
    expect(drawn.info).toMatchObject({ format: 'png', width: 224, height: 224 });
    expect(drawn.toTensor()).toEqual(fed.toTensor());
  });

  it('serves the samples', async () => {
    const [sample] = (await (await request('samples')).json()) as Sample[];
    const response = await request(`samples/${sample!.file}`);

    expect(response.headers.get('content-type')).toBe('image/png');
    expect((await response.arrayBuffer()).byteLength).toBeGreaterThan(10_000);
  });

  it('restricts its page to its own scripts, styles and requests', async () => {
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
    ['GET', 'pixels/efficientnet-lite0/nothing.jpg', 404],
    ['GET', 'pixels/nothing/text.jpg', 404],
    ['GET', 'pixels/efficientnet-lite0/text.jpg', 422],
    ['GET', 'samples/samples.json', 404],
    ['GET', 'samples/..%2Fstart.ts', 404],
    ['GET', '../package.json', 404],
    ['PUT', 'model/nothing', 404],
    ['PUT', 'comparison/nothing', 404],
    ['POST', '', 405],
    ['PUT', 'photos/100%.png', 400],
    ['GET', 'photos/100%.png', 400],
    ['PUT', `photos/${'x'.repeat(1025)}`, 400],
  ])('responds to %s /%s with %i', async (method, path, status) => {
    const response = await request(path, { method });

    expect(response.status).toBe(status);
  });

  it.each([{ origin: 'https://example.com' }, { 'sec-fetch-site': 'cross-site' }])(
    'refuses requests of other sites: %j',
    async (headers) => {
      const response = await request('photos/theirs.jpg', { method: 'PUT', headers, body: 'x' });

      expect(response.status).toBe(403);
      expect((await request('photos/theirs.jpg')).status).toBe(404);
    },
  );

  it.skipIf(process.platform === 'win32')(
    'says on Ctrl-C how many photos are waiting, and labels them at the next start with the same folder',
    async () => {
      const another = await temporaryFolder();
      const coffee = await image('coffee_base_420.jpg');
      const first = await startPlayground(another.path);
      const store = (key: string, body: NonNullable<RequestInit['body']>) =>
        fetch(new URL(`photos/${key}`, first.pageUrl), { method: 'PUT', body });
      await store('text.jpg', 'not an image');
      await first.nextEvent();
      const keys = Array.from({ length: 20 }, (_, index) => `${index}.jpg`);
      await Promise.all(keys.map((key) => store(key, coffee)));

      expect(await first.end('SIGINT')).toBe(0);

      await expect(fetch(first.pageUrl)).rejects.toThrow();
      expect(first.stderr()).toMatch(/^\d+ photos were still waiting: the next start with --data .* labels/m);
      const second = await startPlayground(another.path);
      const summarise = async () => summary((await readNews(0, second.pageUrl)).bucket.photos);
      // A rejection leaves no trace on the object, so that it is repeated.
      const expected = [...keys.map((key) => `${key}: classified`), 'text.jpg: rejected'].toSorted();
      await expect.poll(summarise, { timeout: 50_000, interval: 200 }).toEqual(expected);
      await second.end();
      await another.remove();
    },
  );

  it.skipIf(process.platform === 'win32').each([
    ['finishes the photos that are waiting on Ctrl-C', false],
    ['stops at once on a second Ctrl-C, and says how many photos are lost', true],
  ])('without a folder, %s', async (_, insists) => {
    const coffee = await image('coffee_base_420.jpg');
    const temporary = await startPlayground();
    const keys = Array.from({ length: insists ? 200 : 50 }, (_, index) => `${index}.jpg`);
    const store = (key: string) =>
      fetch(new URL(`photos/${key}`, temporary.pageUrl), { method: 'PUT', body: coffee });
    await Promise.all(keys.map(store));

    temporary.interrupt('SIGINT');
    await expect
      .poll(temporary.stderr, { timeout: 20_000 })
      .toMatch(/^\d+ photos? (is|are) waiting: .* Press/m);
    // One that follows at once is an echo of npm, and ignored.
    const insisting = insists ? setInterval(() => temporary.interrupt('SIGINT'), 700) : undefined;
    const exitCode = await temporary.ended;
    clearInterval(insisting);

    expect(exitCode).toBe(0);
    const lost =
      /^\d+ photos? (was|were) still waiting, and removed with the bucket; --data DIR keeps both$/m;
    if (insists) expect(temporary.stderr()).toMatch(lost);
    else expect(temporary.stderr()).not.toMatch(lost);
  });

  it('labels photos by label rules', async () => {
    const rules = join(folder.path, 'rules.txt');
    await writeFile(rules, '{ "merge": { "coffee": ["espresso", "cup", "coffee_mug"] } }');
    const ruled = await startPlayground(undefined, 'efficientnet-lite0', ['--label-rules', rules]);

    await ruled.s3.send(
      new PutObjectCommand({ Bucket: 'uploads', Key: 'a.jpg', Body: await image('coffee_base_420.jpg') }),
    );

    expect(await ruled.nextEvent()).toMatch(/^a\.jpg {2}coffee \d\d\.\d %/);
    await ruled.end();
  });

  it('labels HEIC with --heic', async () => {
    const photo = join(repository, 'test/functions/classify/decode/heic/fixtures/420.heic');
    const heic = await startPlayground(undefined, 'efficientnet-lite0', ['--heic']);

    await heic.s3.send(
      new PutObjectCommand({ Bucket: 'uploads', Key: 'a.heic', Body: await readFile(photo) }),
    );

    expect(await heic.nextEvent()).toMatch(/^a\.heic {2}.*(cat|tabby)/);
    await heic.end();
  });

  it('reports a port in use in one sentence', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;

    const { stderr, exitCode } = await run('start', ['--port', String(port)]);

    taken.close();
    expect(stderr).toBe(`error: cannot use --port ${port}: port ${port} is in use; choose another\n`);
    expect(exitCode).toBe(1);
  });

  it('names the chosen port if only the next one is in use', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;

    const { stderr } = await run('start', ['--port', String(port - 1)]);

    taken.close();
    expect(stderr).toMatch(new RegExp(`^error: cannot use --port ${port - 1}: port ${port}.* is in use`));
  });

  it.each([
    [['--port', '70000'], 'Expected a number up to 65534.'],
    [['--model', 'nothing'], 'efficientnet-lite0'],
  ])('explains what is wrong with %j', async (args, message) => {
    const { stderr, exitCode } = await run('start', args);

    expect(stderr).toContain(message);
    expect(exitCode).not.toBe(0);
  });
});
