import { smallImages } from '../small-images.ts';

export function seeds(): Uint8Array[] {
  return smallImages('.tif');
}
export { checkImage as check } from '../image-target.ts';
