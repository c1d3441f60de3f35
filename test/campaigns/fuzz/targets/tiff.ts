import { oldJpegFiles } from '../../../functions/classify/decode/tiff/old-jpeg-files.ts';
import { smallImages } from '../small-images.ts';

export function seeds(): Uint8Array[] {
  const oldJpegs = oldJpegFiles().filter(({ name }) => name.endsWith('4:2:0'));
  return [...smallImages('.tif'), ...oldJpegs.map(({ file }) => file)];
}
export { checkImage as check } from '../image-target.ts';
