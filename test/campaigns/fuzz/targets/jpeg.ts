import { smallJpegs } from '../../../functions/classify/decode/jpeg/fixtures/fixtures.ts';
import { smallImages } from '../small-images.ts';

export const seeds = (): Uint8Array[] => [...smallImages('.jpg'), ...smallJpegs.map(({ bytes }) => bytes)];
export { checkImage as check } from '../image-target.ts';
