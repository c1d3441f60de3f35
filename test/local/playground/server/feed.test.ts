import { once } from 'node:events';
import { get, type IncomingMessage, type ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Photo } from '../../../../local/playground/labelling/photos.ts';
import { createPageFeed } from '../../../../local/playground/server/feed.ts';
import { serve } from '../../../support/serve.ts';

function photo(key: string): Photo {
  return { key, storedAt: 0, answer: { status: 'waiting' } };
}
const megabyte = 'x'.repeat(1_000_000);

let server: Awaited<ReturnType<typeof serve>>;
/** The server's end of the page's connection. */
let response: ServerResponse;
let connected: Promise<void>;
/** The photos in the bucket. */
let listed: Photo[];
/** Runs while the bucket is listed. */
let whileListing: () => Promise<void>;
/** Notifies the feed of a photo. */
let update: (photo: Photo) => void;

beforeEach(async () => {
  listed = [photo('old.jpg')];
  whileListing = async () => {};
  const feed = createPageFeed(
    {
      watch: (watcher) => {
        update = watcher;
      },
      list: async () => {
        await whileListing();
        return listed;
      },
      update: () => {},
      get: () => undefined,
      waiting: () => [],
    },
    () => ({ bucket: 'uploads', s3Url: 'http://s3', models: [], model: 'net', comparedWith: undefined }),
  );
  server = await serve((_, answer) => {
    response = answer;
    connected = feed.connect(answer);
  });
});
afterEach(() => server.close());

async function openPage(): Promise<IncomingMessage> {
  const [page] = await once(get({ port: server.port }), 'response');
  return page.setEncoding('utf8');
}

/** Reads the first messages of a page. */
async function read(page: IncomingMessage, count: number): Promise<string[]> {
  let text = '';
  for await (const chunk of page) {
    text += chunk;
    const messages = text.split('\n\n').slice(0, -1);
    if (messages.length >= count) return messages;
  }
  throw new Error(`it ended after ${text}`);
}

describe('the page feed', () => {
  it('sends the state of the bucket, then every change', async () => {
    const page = await openPage();
    update(photo('new.jpg'));

    const [bucket, news] = await read(page, 2);

    expect(bucket).toMatch(/^event: bucket\ndata: \{"bucket":"uploads".*"key":"old.jpg"/);
    expect(news).toBe(`event: photo\ndata: ${JSON.stringify(photo('new.jpg'))}`);
  });

  it('sends a photo that changes during the listing once, in its last state', async () => {
    whileListing = async () => {
      update({ ...photo('old.jpg'), storedAt: 1 });
      update(photo('new.jpg'));
      update({ ...photo('new.jpg'), storedAt: 2 });
    };

    const [bucket] = await read(await openPage(), 1);

    expect(JSON.parse(bucket!.replace('event: bucket\ndata: ', '')).photos).toEqual([
      { ...photo('old.jpg'), storedAt: 1 },
      { ...photo('new.jpg'), storedAt: 2 },
    ]);
  });

  it('disconnects a page that does not read, which bounds the memory', async () => {
    await openPage();
    const closed = once(response, 'close');

    let most = 0;
    for (let i = 0; i < 100; i++) {
      update(photo(megabyte));
      most = Math.max(most, response.writableLength);
    }

    await closed;
    expect(most).toBeGreaterThan(32_000_000);
    expect(most).toBeLessThan(34_000_000);
  });

  it('sends any number of photos and changes to a page that reads', async () => {
    listed = Array.from({ length: 40 }, () => photo(megabyte));
    const page = await openPage();
    let received = 0;
    page.on('data', ({ length }: string) => {
      received += length;
    });
    update(photo(megabyte));

    for (let expected = 41; expected <= 80; expected++) {
      while (received < expected * megabyte.length) await once(page, 'data');
      update(photo(megabyte));
    }

    expect(response.destroyed).toBe(false);
  });

  it('sends nothing to a page that disconnects during the listing', async () => {
    const request = get({ port: server.port }).on('error', () => {});
    const listing = new Promise<void>((resolve) => {
      whileListing = async () => {
        request.destroy();
        await once(response, 'close');
        resolve();
      };
    });

    await listing;
    await connected;
    update(photo('new.jpg'));

    expect(response.headersSent).toBe(false);
  });
});
