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
    ours: /^CorruptImage: (unexpected end of file|incorrect data check|Crc error|unrecognised content at end)/,
    pillow: 'accepts it',
    why: 'Pillow looks no further once it has the pixels: neither at the checksum behind them nor at the end of the data.',
  },
  {
    formats: ['png'],
    ours: /^accepted/,
    pillow: 'refuses it',
    why: 'Mostly chunks that make no pixels, which are not read here; for some that Pillow does not identify the cause is not known.',
  },
  {
    formats: ['tiff'],
    ours: /^CorruptImage: (incorrect data check|the data end too early or point outside the file)/,
    pillow: 'accepts it',
    why: 'libtiff ignores wrong checksums and lengths of strips; what else it lets pass has not been told apart.',
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
    formats: ['webp'],
    ours: /^accepted/,
    pillow: 'refuses it',
    why: 'Only the image or the first frame is read here; Pillow opens all of the file.',
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
    why: 'Scans behind a complete one are ignored here; Pillow reads on (broken data stream).',
  },
  {
    formats: ['avif'],
    ours: /^CorruptImage: the data are damaged/,
    pillow: 'accepts it',
    why: 'Another AV1 decoder, which gives up on other damage.',
  },
];
