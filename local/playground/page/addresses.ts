/** Where the page's server has what belongs to a photo. */
import type { Photo } from '../labelling/photos.ts';

/** A key in the path of an address: its slashes stay. */
export function encodeKey(key: string): string {
  return key.split('/').map(encodeURIComponent).join('/');
}

export function photoAddress({ key, storedAt }: Photo): string {
  return `/photos/${encodeKey(key)}?${storedAt}`;
}

/** What the model's network was fed, as a picture. */
export function inputAddress({ key, storedAt }: Photo, model: string): string {
  return `/inputs/${model}/${encodeKey(key)}?${storedAt}`;
}
