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
/** The server's side of the page that is connected. */
let response: ServerResponse;
let connected: Promise<void>;
/** What is in the bucket. */
let listed: Photo[];
/** What happens before that is known. */
let whileListing: () => Promise<void>;
/** As the playground tells of each upload. */
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

/** The first messages that a page reads. */
async function read(page: IncomingMessage, count: number): Promise<string[]> {
  let text = '';
  for await (const chunk of page) {
    text += chunk;
    const messages = text.split('\n\n').slice(0, -1);
    if (messages.length >= count) return messages;
  }
  throw new Error(`it ended after ${text}`);
}

describe('a page', () => {
  it('is told what is in the bucket, and then what is new', async () => {
    const page = await openPage();
    update(photo('new.jpg'));

    const [bucket, news] = await read(page, 2);

    expect(bucket).toMatch(/^event: bucket\ndata: \{"bucket":"uploads".*"key":"old.jpg"/);
    expect(news).toBe(`event: photo\ndata: ${JSON.stringify(photo('new.jpg'))}`);
  });

  it('is told of what comes while the bucket is listed, once, as it is in the end', async () => {
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

  it('that does not read is left, so that its news does not fill the memory', async () => {
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

  it('that reads may have any number of photos and of news', async () => {
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

  it('that leaves before the bucket is listed is told nothing', async () => {
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
