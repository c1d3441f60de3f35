import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Download, download } from '../../../layers/model/download.ts';
import { temporaryFolder } from './fixtures.ts';

const content = Buffer.from(Array.from({ length: 200_000 }, (_, i) => (i * i) % 251));
const md5 = createHash('md5').update(content).digest('hex');
const folder = temporaryFolder();

type Answer = (request: IncomingMessage, response: ServerResponse) => void;
let server: Server;
let answers: Answer[];
let ranges: (string | undefined)[];

beforeEach(async () => {
  rmSync(folder, { recursive: true, force: true });
  answers = [];
  ranges = [];
  breakOffs = [];
  server = createServer((request, response) => {
    ranges.push(request.headers.range);
    // The last response is repeated.
    const answer = answers.length > 1 ? answers.shift()! : answers[0]!;
    answer(request, response);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
});

function fetchIt(more: Partial<Download> = {}) {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/weights.h5`;
  return download({
    url,
    name: 'weights.h5',
    checksum: { algorithm: 'md5', hex: md5 },
    folder,
    retryDelayMs: 0,
    ...more,
  });
}

const headers = { etag: '"v1"', 'content-length': content.length };

const whole: Answer = (_, response) => response.writeHead(200, headers).end(content);

/** Sends so many bytes and breaks off. */
function breakOffAfter(bytes: number): Answer {
  return (_, response) => {
    response.writeHead(200, headers);
    response.write(content.subarray(0, bytes), () => response.destroy());
  };
}

/** Breaks off each answer that is cut short, as soon as all that was sent has arrived. */
let breakOffs: { atBytes: number; response: ServerResponse }[];
function breakOff(receivedBytes: number): void {
  for (const { atBytes, response } of breakOffs) if (receivedBytes >= atBytes) response.destroy();
}

/** Honours Range and If-Range, as storage servers do, and sends so many bytes at most. */
function ranged(eTag = '"v1"', maxBytes = content.length): Answer {
  return ({ headers: { range, 'if-range': ifRange } }, response) => {
    const start = ifRange === eTag ? Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0) : 0;
    const range206 = { 'content-range': `bytes ${start}-${content.length - 1}/${content.length}` };
    response.writeHead(start > 0 ? 206 : 200, {
      etag: eTag,
      'content-length': content.length - start,
      ...(start > 0 && range206),
    });
    const part = content.subarray(start, start + maxBytes);
    const end = start + part.length;
    if (end < content.length) breakOffs.push({ atBytes: end, response });
    response.write(part, () => end === content.length && response.end());
  };
}

function expectWhole(path: string) {
  expect(path).toBe(join(folder, 'weights.h5'));
  expect(readFileSync(path).equals(content)).toBe(true);
  expect(readdirSync(folder)).toEqual(['weights.h5']);
}

describe('download', () => {
  it('downloads a file and reports its progress', async () => {
    answers = [whole];
    const progress: [number, number | undefined][] = [];

    expectWhole(await fetchIt({ onProgress: (...step) => progress.push(step) }));

    expect(progress.at(-1)).toEqual([content.length, content.length]);
  });

  it('downloads nothing if the cache has the right file', async () => {
    answers = [whole];
    await fetchIt();

    expectWhole(await fetchIt());

    expect(ranges).toHaveLength(1);
  });

  it('downloads a file again that is damaged in the cache', async () => {
    mkdirSync(folder);
    writeFileSync(join(folder, 'weights.h5'), 'damaged');
    answers = [whole];

    expectWhole(await fetchIt());
  });

  it('resumes after any number of interruptions while it makes progress', async () => {
    answers = [ranged('"v1"', 30_000)];

    expectWhole(await fetchIt({ onProgress: breakOff }));

    expect(ranges.slice(0, 3)).toEqual([undefined, 'bytes=30000-', 'bytes=60000-']);
  });

  it('resumes the partial download of an earlier process', async () => {
    mkdirSync(folder);
    writeFileSync(join(folder, 'weights.h5.part'), content.subarray(0, 50_000));
    writeFileSync(join(folder, 'weights.h5.part.version'), '"v1"');
    answers = [ranged()];

    expectWhole(await fetchIt());

    expect(ranges).toEqual(['bytes=50000-']);
  });

  it('starts over if the file has changed on the server', async () => {
    mkdirSync(folder);
    writeFileSync(join(folder, 'weights.h5.part'), 'the old file');
    writeFileSync(join(folder, 'weights.h5.part.version'), '"v0"');
    answers = [ranged('"v1"')];

    expectWhole(await fetchIt());
  });

  it('starts over if the server does not support ranges', async () => {
    answers = [breakOffAfter(70_000), whole];

    expectWhole(await fetchIt());
  });

  it.each<[string, Answer]>([
    ['has nothing at that place', (_, response) => response.writeHead(416).end()],
    [
      'goes on at another place',
      (_, response) =>
        response.writeHead(206, { 'content-range': `bytes 7-${content.length - 1}/${content.length}` }).end(),
    ],
  ])('begins anew when the server %s', async (_, odd) => {
    answers = [breakOffAfter(70_000), odd, whole];

    expectWhole(await fetchIt());
  });

  it('resumes with a server that sends part of the range', async () => {
    const part: Answer = ({ headers: { range } }, response) => {
      const start = Number(/\d+/.exec(range!)![0]);
      const end = Math.min(start + 50_000, content.length);
      const range206 = { 'content-range': `bytes ${start}-${end - 1}/${content.length}` };
      response.writeHead(206, { etag: '"v1"', ...range206 });
      response.end(content.subarray(start, end));
    };
    mkdirSync(folder);
    writeFileSync(join(folder, 'weights.h5.part'), content.subarray(0, 70_000));
    writeFileSync(join(folder, 'weights.h5.part.version'), '"v1"');
    answers = [part];

    expectWhole(await fetchIt());

    expect(ranges).toEqual(['bytes=70000-', 'bytes=120000-', 'bytes=170000-']);
  });

  it('retries while the server is busy', async () => {
    answers = [(_, response) => response.writeHead(503).end(), whole];

    expectWhole(await fetchIt());
  });

  it('follows a redirect', async () => {
    answers = [(_, response) => response.writeHead(302, { location: '/elsewhere' }).end(), whole];

    expectWhole(await fetchIt());
  });

  it('checks the length of a file without a known checksum', async () => {
    answers = [ranged('"v1"', 120_000)];
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/weights.h5`;

    expectWhole(await download({ url, name: 'weights.h5', folder, retryDelayMs: 0, onProgress: breakOff }));
  });

  it.each<[string, Answer, RegExp]>([
    [
      'announces more than it sends',
      (_, response) => {
        response.writeHead(200, { 'content-length': content.length + 10 });
        response.write(content, () => response.destroy());
      },
      /could not be downloaded/,
    ],
    ['always breaks off at once', (_, response) => response.destroy(), /could not be downloaded/],
    [
      'has no such file',
      (_, response) => response.writeHead(404).end('Not found'),
      /could not be downloaded: the server responded with 404/,
    ],
    [
      'forbids it',
      (_, response) => response.writeHead(403).end(),
      /could not be downloaded: the server responded with 403/,
    ],
    [
      'stays busy',
      (_, response) => response.writeHead(503).end(),
      /could not be downloaded: the server responded with 503/,
    ],
    [
      'announces more than any layer holds',
      (_, response) => response.writeHead(200, { 'content-length': 5e9 }).flushHeaders(),
      /is larger than 1000 MB/,
    ],
  ])('gives one sentence when the server %s', async (_, answer, message) => {
    answers = [answer];

    await expect(fetchIt()).rejects.toThrow(message);

    expect(existsSync(join(folder, 'weights.h5'))).toBe(false);
  });

  it.each<[string, Buffer]>([
    ['another file', Buffer.from('<html>')],
    ['a shorter one', content.subarray(0, 1000)],
  ])('refuses %s than expected, and keeps nothing of it', async (_, wrong) => {
    answers = [(_, response) => response.writeHead(200, { 'content-length': wrong.length }).end(wrong)];

    await expect(fetchIt()).rejects.toThrow(/sent another file than expected: its MD5 is [0-9a-f]{32}, not/);

    expect(readdirSync(folder)).toEqual([]);
  });

  it('reports an unreachable server in one sentence', async () => {
    const url = 'http://nobody.invalid/weights.h5';

    await expect(fetchIt({ url })).rejects.toThrow(`${url} could not be downloaded:`);
  });
});
