import { smallImages } from '../small-images.ts';

export const seeds = (): Uint8Array[] => smallImages('.png');
export { checkImage as check } from '../image-target.ts';
