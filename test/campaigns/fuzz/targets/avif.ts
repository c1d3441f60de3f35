import { smallImages } from '../small-images.ts';

export function seeds(): Uint8Array[] {
  return smallImages('.avif');
}
export { checkImage as check } from '../image-target.ts';
