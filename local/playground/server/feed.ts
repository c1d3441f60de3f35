/** Server-sent events for the page: the current state, then every change. */
import type { ServerResponse } from 'node:http';
import type { Photo, Photos } from '../labelling/photos.ts';

/** The first event of each connection: the whole state, so that a page that reconnects misses nothing. */
export interface BucketNews {
  readonly bucket: string;
  readonly s3Url: string;
  /** Names of the available models. */
  readonly models: readonly string[];
  /** The model that labels the bucket. */
  readonly model: string;
  readonly comparedWith: string | undefined;
  /** Oldest first. */
  readonly photos: readonly Photo[];
}

export type ModelNews = Omit<BucketNews, 'photos'>;

export interface PageFeed {
  /** `GET /events`: events `bucket` (BucketNews), `models` (ModelNews) and `photo` (Photo). */
  readonly connect: (response: ServerResponse) => Promise<void>;
  /** Sends the chosen models to every page. */
  readonly announceModels: () => void;
}

export function createPageFeed(photos: Photos, describe: () => ModelNews): PageFeed {
  const pages = new Set<Send>();
  /** Changes for each page that is still waiting for its list. */
  const newPhotos = new Set<Map<string, Photo>>();
  photos.watch((photo) => {
    for (const send of pages) send('photo', photo);
    for (const early of newPhotos) early.set(photo.key, photo);
  });
  return {
    connect: async (response) => {
      const early = new Map<string, Photo>();
      newPhotos.add(early);
      try {
        const listed = (await photos.list()).filter(({ key }) => !early.has(key));
        if (response.destroyed) return;
        const send = openPage(response, { ...describe(), photos: [...listed, ...early.values()] });
        pages.add(send);
        response.on('close', () => pages.delete(send));
      } finally {
        newPhotos.delete(early);
      }
    },
    announceModels: () => {
      for (const send of pages) send('models', describe());
    },
  };
}

type Send = (type: 'photo' | 'models', data: unknown) => void;

function openPage(response: ServerResponse, news: BucketNews): Send {
  let unreadBytes = 0;
  response.on('drain', () => {
    unreadBytes = 0;
  });
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(messageOf('bucket', news));
  return (type, data) => {
    const message = messageOf(type, data);
    // Bounds the memory for a page that does not read. It reconnects and receives the whole state.
    if (unreadBytes > maxUnreadBytes) response.destroy();
    else unreadBytes = response.write(message) ? 0 : unreadBytes + message.length;
  };
}

function messageOf(type: string, data: unknown): string {
  return `event: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
}

const maxUnreadBytes = 32_000_000;
