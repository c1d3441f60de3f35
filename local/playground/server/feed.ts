/** The page's news, as server-sent events: everything there is, then everything new. */
import type { ServerResponse } from 'node:http';
import type { Photo, Photos } from '../labelling/photos.ts';

/** What a page is told first, so that one that reconnects misses nothing. */
export interface BucketNews {
  readonly bucket: string;
  readonly s3Url: string;
  /** The names of those that can be chosen. */
  readonly models: readonly string[];
  /** The one whose labels are written on the photos. */
  readonly model: string;
  readonly comparedWith: string | undefined;
  /** Oldest first. */
  readonly photos: readonly Photo[];
}

export type ModelNews = Omit<BucketNews, 'photos'>;

export interface PageFeed {
  /** `GET /events`: events `bucket` (BucketNews), `models` (ModelNews) and `photo` (Photo). */
  readonly connect: (response: ServerResponse) => Promise<void>;
  /** Tells every page which models have been chosen. */
  readonly announceModels: () => void;
}

export function createPageFeed(photos: Photos, describe: () => ModelNews): PageFeed {
  const pages = new Set<Send>();
  /** What each page that waits for the list has to be told besides. */
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
    // A page that does not read would fill the memory. When it reads again, it reconnects and is told everything.
    if (unreadBytes > maxUnreadBytes) response.destroy();
    else unreadBytes = response.write(message) ? 0 : unreadBytes + message.length;
  };
}

function messageOf(type: string, data: unknown): string {
  return `event: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
}

const maxUnreadBytes = 32_000_000;
