/** The page's news, as server-sent events: everything there is, then everything new. */
import type { ServerResponse } from 'node:http';
import type { Photo, Photos } from './photos.ts';

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

export interface Feed {
  /** `GET /events`: events `bucket` (BucketNews), `models` (ModelNews) and `photo` (Photo). */
  readonly connect: (response: ServerResponse) => Promise<void>;
  /** Tells every page which models have been chosen. */
  readonly announceModels: () => void;
}

export const createFeed = (photos: Photos, describe: () => ModelNews): Feed => {
  const pages = new Set<ServerResponse>();
  const sendAll = (type: string, data: unknown) => {
    for (const page of pages) send(page, type, data);
  };
  photos.watch((photo) => sendAll('photo', photo));
  return {
    connect: async (response) => {
      const existing = await photos.list();
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      send(response, 'bucket', { ...describe(), photos: existing });
      pages.add(response);
      response.on('close', () => pages.delete(response));
    },
    announceModels: () => sendAll('models', describe()),
  };
};

const send = (response: ServerResponse, type: string, data: unknown): void => {
  response.write(`event: ${type}\ndata: ${JSON.stringify(data)}\n\n`);
};
