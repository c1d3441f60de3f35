/** Where the page's server has what belongs to a photo. */
import type { Photo } from '../labelling/photos.ts';

/** A key in the path of an address: its slashes stay. */
export const encodeKey = (key: string): string => key.split('/').map(encodeURIComponent).join('/');

export const photoAddress = ({ key, storedAt }: Photo): string => `/photos/${encodeKey(key)}?${storedAt}`;

/** What the model's network was fed, as a picture. */
export const inputAddress = ({ key, storedAt }: Photo, model: string): string =>
  `/inputs/${model}/${encodeKey(key)}?${storedAt}`;
