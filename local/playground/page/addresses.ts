/** URLs of a photo on the page's server. */
import type { Photo } from '../labelling/photos.ts';

/** Encodes a key as one segment of a URL: browsers resolve `..` between slashes. */
export function encodeKey(key: string): string {
  return encodeURIComponent(key);
}

export function photoAddress({ key, storedAt }: Photo): string {
  return `/photos/${encodeKey(key)}?${storedAt}`;
}

/** URL of the network input's pixels, as JSON. */
export function pixelsAddress({ key, storedAt }: Photo, model: string): string {
  return `/pixels/${model}/${encodeKey(key)}?${storedAt}`;
}

/** URL of the network input, as a picture. */
export function inputAddress({ key, storedAt }: Photo, model: string): string {
  return `/inputs/${model}/${encodeKey(key)}?${storedAt}`;
}
