/** biome-ignore-all lint/suspicious/noControlCharactersInRegex: signatures are arbitrary bytes */
/**
 * The image formats that are decoded, one row each. Recognising a file, the list of supported formats in errors, the codecs
 * next to the bundle and the formats in docs/images.md follow from these rows.
 */
import type { UndecodedImage } from '../image/image.ts';
import * as avif from './avif/avif.ts';
import * as bmp from './bmp/bmp.ts';
import * as gif from './gif/gif.ts';
import * as heic from './heic/heic.ts';
import * as jpeg from './jpeg/jpeg.ts';
import * as png from './png/png.ts';
import * as psd from './psd/psd.ts';
import * as tiff from './tiff/tiff.ts';
import * as webp from './webp/webp.ts';

export interface Format {
  /** As in prediction events. */
  readonly name: string;
  /** As in sentences and docs. */
  readonly label: string;
  /** Matches the start of the file, one character per byte. */
  readonly signature: RegExp;
  /** The file in `node_modules` that `load` needs at run time; the bundler copies it. */
  readonly codec?: string;
  /** For a format that works only with a decoder that the user installs; without it, every file is rejected with the advice. */
  readonly optional?: { readonly isSwitchedOn: () => boolean; readonly advice: string };
  /** Loads third-party decoders. Errors here are deployment faults and are retried, never reported as a bad image. */
  readonly load?: () => Promise<void>;
  /** Reads the header only, in little time and memory. */
  readonly open: (bytes: Uint8Array) => UndecodedImage;
}

// Imported statically: the bundler wraps lazily imported modules, which slows their hot functions by a tenth to a quarter.
// `load` imports what takes time to load.
export const formats: readonly Format[] = [
  { name: 'jpeg', label: 'JPEG', signature: /^\xFF\xD8\xFF/, open: jpeg.open },
  { name: 'png', label: 'PNG', signature: /^\x89PNG\r\n\x1A\n/, open: png.open },
  { name: 'gif', label: 'GIF', signature: /^GIF8[79]a/, open: gif.open },
  {
    name: 'bmp',
    label: 'BMP',
    // 'BM' also begins plain text: the size of the second header and the single plane tell them apart.
    signature: /^BM.{12}(\x0C\0\0\0.{4}|[\x28\x34\x38\x40\x6C\x7C]\0\0\0.{8})\x01\0/s,
    open: bmp.open,
  },
  {
    name: 'tiff',
    label: 'TIFF',
    signature: /^(II\x2A\0|MM\0\x2A|II\x2B\0\x08\0\0\0|MM\0\x2B\0\x08\0\0)/,
    open: tiff.open,
  },
  { name: 'psd', label: 'PSD', signature: /^8BPS\0[\x01\x02]/, open: psd.open },
  {
    name: 'webp',
    label: 'WebP',
    signature: /^RIFF....WEBP/s,
    codec: webp.codec,
    load: webp.load,
    open: webp.open,
  },
  {
    name: 'avif',
    label: 'AVIF',
    signature: /^....ftyp(.{4})*?(avif|avis)/s,
    codec: avif.codec,
    load: avif.load,
    open: avif.open,
  },
  {
    name: 'heic',
    label: 'HEIC',
    signature: /^....ftyp(heic|heix|heim|heis|hevc|hevx|mif1|msf1)/s,
    optional: { isSwitchedOn: heic.isSwitchedOn, advice: heic.howToSwitchOn },
    load: heic.load,
    open: heic.open,
  },
];
