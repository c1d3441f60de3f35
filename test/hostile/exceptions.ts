/** The kinds of files on which the function and Pillow differ, and why. A kind that is not here fails `npm run hostile`. */
import type { Disagreement } from './disagreements.ts';

export interface Exception {
  /** '' for what is no image that is known. */
  readonly formats: readonly string[];
  /** Our answer, as `disagreementOf` words it. */
  readonly ours: RegExp;
  readonly pillow: Disagreement['pillow'];
  readonly why: string;
}

const every = ['jpeg', 'png', 'gif', 'bmp', 'tiff', 'webp', 'avif'];

export const exceptions: readonly Exception[] = [
  {
    formats: every,
    ours: /^ImageTooLarge: .* takes N MB to decode/,
    pillow: 'accepts it',
    why: 'Our own limit: decoding would take more memory than there is.',
  },
  {
    formats: ['avif', 'webp'],
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
    formats: every,
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
    ours: /^CorruptImage: (unexpected end of file|incorrect data check|Crc error)/,
    pillow: 'accepts it',
    why: 'Pillow looks no further once it has the pixels: neither at the checksum behind them nor at the end of the data.',
  },
  {
    formats: ['png'],
    ours: /^accepted/,
    pillow: 'refuses it',
    why: 'What is wrong is in a chunk that makes no pixels, which is not read.',
  },
  {
    formats: ['tiff'],
    ours: /^CorruptImage: (incorrect data check|the data end too early or point outside the file)/,
    pillow: 'accepts it',
    why: 'libtiff does not look at the checksum, and takes lengths that are missing or wrong for as long as it must.',
  },
  {
    formats: ['tiff'],
    ours: /^CorruptImage: blocks of NxN in a page of NxN/,
    pillow: 'accepts it',
    why: 'Pillow takes tiles or strips without a size for a single one.',
  },
  {
    formats: ['tiff'],
    ours: /^accepted/,
    pillow: 'refuses it',
    why: 'What is wrong is in a tag that makes no pixels, or behind the last of them.',
  },
  {
    formats: ['bmp'],
    ours: /^accepted/,
    pillow: 'refuses it',
    why: 'Pillow refuses a palette that says it has more colours than the pixels can name; here the rest is left out.',
  },
  {
    formats: ['webp'],
    ours: /^accepted/,
    pillow: 'refuses it',
    why: 'Only the image or the first frame is read: what is wrong or cut off lies outside of it.',
  },
  {
    formats: ['avif'],
    ours: /^accepted/,
    pillow: 'refuses it',
    why: 'Pillow wants its brands in a certain order, and has a stricter parser of boxes.',
  },
  {
    formats: ['jpeg'],
    ours: /^accepted/,
    pillow: 'refuses it',
    why: 'More scans behind a complete one are ignored; Pillow reads on, and stumbles over some.',
  },
];
