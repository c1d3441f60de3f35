import { smallImages } from '../small-images.ts';

export const seeds = (): Uint8Array[] => smallImages('.webp');
export { checkImage as check } from '../image-target.ts';
