import { smallImages } from '../small-images.ts';

export const seeds = (): Uint8Array[] => smallImages('.bmp');
export { checkImage as check } from '../image-target.ts';
