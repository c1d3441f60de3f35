import { smallJpegs } from '../../../functions/classify/decode/jpeg/fixtures/fixtures.ts';
import { smallImages } from '../small-images.ts';

export function seeds(): Uint8Array[] {
  return [...smallImages('.jpg'), ...smallJpegs.map(({ bytes }) => bytes)];
}
export { checkImage as check } from '../image-target.ts';
