import { smallImages } from '../small-images.ts';

export const seeds = (): Uint8Array[] => smallImages('.gif');
export { checkImage as check } from '../image-target.ts';
