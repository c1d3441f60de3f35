import { psdFiles } from '../../../functions/classify/decode/psd/psd-files.ts';

export function seeds(): Uint8Array[] {
  return psdFiles().map(({ file }) => file);
}
export { checkImage as check } from '../image-target.ts';
