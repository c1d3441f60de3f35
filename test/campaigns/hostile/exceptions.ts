/** The kinds of files on which the function and Pillow differ, and why. A kind that is not here fails `npm run hostile`. */
import { formats } from '../../../functions/classify/decode/formats.ts';

export interface Disagreement {
  readonly format: string;
  readonly ours: string;
  readonly pillow: 'accepts it' | 'refuses it' | 'has other pixels';
}

export interface Exception {
  /** '' for what is no image that is known. */
  readonly formats: readonly string[];
  /** Our answer, as `disagreementOf` words it. */
  readonly ours: RegExp;
  readonly pillow: Disagreement['pillow'];
  readonly why: string;
}

const every = formats.map(({ name }) => name);

export const exceptions: readonly Exception[] = [
  {
    formats: every,
    ours: /^ImageTooLarge: .* takes N MB to decode/,
    pillow: 'accepts it',
    why: 'Our own limit: decoding would take more memory than there is.',
  },
  {
    formats: ['png', 'tiff', 'bmp', 'webp'],
    ours: /^ImageTooLarge: NxN is too long/,
    pillow: 'accepts it',
    why: 'Our own limit: to plan how a side of millions of pixels is scaled takes seconds.',
  },
  {
    formats: ['avif'],
    ours: /^ImageTooLarge: decoding takes more than N MB, which is more than the header calls for/,
    pillow: 'accepts it',
    why: 'The image inside is far larger than the header says; Pillow takes the memory first.',
  },
  {
    formats: [''],
    ours: /^UnsupportedFormat/,
    pillow: 'accepts it',
    why: 'Formats that Pillow has and this function has not, and signatures that it takes less strictly.',
  },
  {
    formats: ['jpeg', 'bmp', 'tiff'],
    ours: /^UnsupportedFormat: (JPEG|lossless|arithmetic|hierarchical|N-bit|BMP|TIFF)/,
    pillow: 'accepts it',
    why: 'Variants that are not decoded, and say so (docs/images.md).',
  },
  {
    formats: ['png', 'webp', 'avif'],
    ours: /^CorruptImage: the file is in more than N parts/,
    pillow: 'accepts it',
    why: 'Our own limit.',
  },
  {
    formats: ['png'],
    ours: /^CorruptImage: (invalid |incorrect |unexpected end of file)/,
    pillow: 'accepts it',
    why: 'Of fewer than 64 bytes of pixels nothing is known here if the data are damaged behind them; Pillow has read them by then.',
  },
  {
    formats: ['png'],
    ours: /^CorruptImage: no IDAT chunk/,
    pillow: 'accepts it',
    why: 'Pillow takes the first frame of an animation that has no other image.',
  },
  {
    formats: ['png'],
    ours: /^accepted/,
    pillow: 'refuses it',
    why: 'Text, colour profiles and the chunks of an animation are not looked into here; Pillow refuses some for what is in them.',
  },
  {
    formats: ['tiff'],
    ours: /^CorruptImage: (incorrect data check|invalid distance too far back|the data end too early or point outside the file)/,
    pillow: 'accepts it',
    why: 'libtiff ignores wrong checksums and window sizes of zlib, and lengths of strips; what else it lets pass has not been told apart.',
  },
  {
    formats: ['tiff'],
    ours: /^CorruptImage: unknown marker/,
    pillow: 'accepts it',
    why: 'libtiff has the rows of a JPEG in a TIFF by then, and does not mind what stands behind them; in a JPEG file it is damage.',
  },
  {
    formats: ['tiff'],
    ours: /^CorruptImage: blocks of NxN in a page of NxN/,
    pillow: 'accepts it',
    why: 'Pillow reads pages whose tiles or strips have no size.',
  },
  {
    formats: ['tiff'],
    ours: /^accepted/,
    pillow: 'refuses it',
    why: 'Tags that are not read here (Pillow: cannot identify), and damage in the data that libtiff alone finds (decoder error -2).',
  },
  {
    formats: ['bmp'],
    ours: /^accepted/,
    pillow: 'refuses it',
    why: 'Pillow refuses palettes of more colours than pixels can name, and an alpha mask that it does not know; neither is read here.',
  },
  {
    formats: ['bmp'],
    ours: /^CorruptImage: the data end too early or point outside the file/,
    pillow: 'accepts it',
    why: 'Pillow does without the padding of the last row; here it has to be there.',
  },
  {
    formats: ['bmp'],
    ours: /^accepted/,
    pillow: 'has other pixels',
    why: 'Pillow takes pixels that are said to be at 0 for those behind the palette.',
  },
  {
    formats: ['webp'],
    ours: /^accepted/,
    pillow: 'refuses it',
    why: 'Only the image or the first frame is read here, and not how long the file says it is; Pillow opens all of it.',
  },
  {
    formats: ['avif'],
    ours: /^accepted/,
    pillow: 'refuses it',
    why: 'Pillow does not identify a file whose main brand is another; here any brand counts.',
  },
  {
    formats: ['jpeg'],
    ours: /^accepted/,
    pillow: 'refuses it',
    why: 'Scans behind a complete one are ignored here, and sides may have more than 65,500 pixels; libjpeg ends at either.',
  },
  {
    formats: ['jpeg'],
    ours: /^CorruptImage: the data end before the image is complete/,
    pillow: 'accepts it',
    why: 'Damage can let libjpeg have all blocks before the end of a file that has none; here an end has to be marked.',
  },
  {
    formats: ['avif'],
    ours: /^CorruptImage: a box of N bytes/,
    pillow: 'accepts it',
    why: 'Pillow does not mind boxes behind the header that are too short to be any.',
  },
  {
    formats: ['avif'],
    ours: /^CorruptImage: the data are damaged/,
    pillow: 'accepts it',
    why: 'Another AV1 decoder, which gives up on other damage.',
  },
];
