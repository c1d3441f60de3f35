/** Receives the server's events about the bucket. */
import type { Photo } from '../labelling/photos.ts';
import type { BucketNews, ModelNews } from '../server/feed.ts';

export interface FeedListeners {
  /** Called first, and after every reconnection. */
  readonly onBucket: (news: BucketNews) => void;
  readonly onModels: (news: ModelNews) => void;
  readonly onPhoto: (photo: Photo) => void;
  readonly onConnection: (isConnected: boolean) => void;
}

/** Connects to the server; the browser reconnects by itself. */
export function connectFeed({ onBucket, onModels, onPhoto, onConnection }: FeedListeners): void {
  const source = new EventSource('/events');
  const listen = (type: string, listener: (data: never) => void) =>
    source.addEventListener(type, ({ data }: MessageEvent<string>) => listener(JSON.parse(data) as never));
  listen('bucket', onBucket);
  listen('models', onModels);
  listen('photo', onPhoto);
  source.addEventListener('open', () => onConnection(true));
  source.addEventListener('error', () => onConnection(false));
}
