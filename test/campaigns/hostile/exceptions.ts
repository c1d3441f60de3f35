/** Kinds of files for which the function and Pillow differ, with reasons. Any other kind fails `npm run hostile`. */
import { formats } from '../../../functions/classify/decode/formats.ts';

export interface Disagreement {
  readonly format: string;
  readonly ours: string;
  readonly pillow: 'accepts it' | 'refuses it' | 'has other pixels';
}

export interface Exception {
  /** '' for an unknown format. */
  readonly formats: readonly string[];
  /** The function's result, as `disagreementOf` words it. */
  readonly ours: RegExp;
  readonly pillow: Disagreement['pillow'];
  readonly why: string;
}

const oldJpeg = 'old-style JPEG';
/** BMPs that state run-length encoding, whatever they were made from. */
export const runLengthBmp = 'run-length encoded BMP';
const every = [...formats.map(({ name }) => name), oldJpeg, runLengthBmp];

export const exceptions: readonly Exception[] = [
  {
    formats: every,
    ours: /^ImageTooLarge: .* takes N MB to decode/,
    pillow: 'accepts it',
    why: 'A limit of the function: decoding would take more memory than there is.',
  },
  {
    formats: ['png', 'tiff', 'bmp', runLengthBmp, 'webp'],
    ours: /^ImageTooLarge: NxN is too long/,
    pillow: 'accepts it',
    why: 'A limit of the function: planning to scale a side of millions of pixels takes seconds.',
  },
  {
    formats: ['avif', 'heic'],
    ours: /^ImageTooLarge: decoding takes more than N MB, which is more than the header calls for/,
    pillow: 'accepts it',
    why: 'The image inside is far larger than its header says; Pillow allocates the memory first.',
  },
  {
    formats: ['heic'],
    ours: /^accepted/,
    pillow: 'refuses it',
    why: 'Pillow decodes HEIC only with pillow-heif.',
  },
  {
    formats: ['heic'],
    ours: /^accepted/,
    pillow: 'has other pixels',
    why: 'Neither notices damage inside a coded picture; pillow-heif has a newer libde265, which conceals it in another way.',
  },
  {
    formats: ['heic'],
    ours: /^CorruptImage: Decoder plugin generated an error/,
    pillow: 'accepts it',
    why: 'pillow-heif has a newer libde265, which conceals more damage.',
  },
  {
    formats: ['heic'],
    ours: /^CorruptImage: its crop \(clap\) leaves no pixels/,
    pillow: 'accepts it',
    why: 'libheif ignores a crop outside the image.',
  },
  {
    formats: ['heic'],
    ours: /^CorruptImage: the data end too early or point outside the file/,
    pillow: 'accepts it',
    why: 'libheif reads a list of properties that has fewer entries than it states.',
  },
  {
    formats: [''],
    ours: /^UnsupportedFormat/,
    pillow: 'accepts it',
    why: 'Formats that only Pillow decodes, and signatures that Pillow checks less strictly.',
  },
  {
    formats: ['jpeg', 'png', 'bmp', runLengthBmp, 'tiff', oldJpeg, 'psd', 'avif'],
    ours: /^UnsupportedFormat: (JPEG|arithmetic|(lossless|sequential) JPEG with several scans|hierarchical|N-bit|PNG|BMP|TIFF|fax-compressed|RAW|Photoshop|AVIF)/,
    pillow: 'accepts it',
    why: 'Variants that are not decoded, and are documented (docs/images.md).',
  },
  {
    formats: ['png', 'webp', 'avif'],
    ours: /^CorruptImage: the file is in more than N parts/,
    pillow: 'accepts it',
    why: 'A limit of the function.',
  },
  {
    formats: ['png'],
    ours: /^CorruptImage: more than N of its compressed texts are damaged/,
    pillow: 'accepts it',
    why: 'A limit of the function: damaged texts cost far more time and memory than others.',
  },
  {
    formats: ['png'],
    ours: /^CorruptImage: (invalid |incorrect |unexpected end of file)/,
    pillow: 'accepts it',
    why: 'With fewer than 64 bytes of pixels, damage behind them loses them here; Pillow has read them by then.',
  },
  {
    formats: ['png'],
    ours: /^CorruptImage: no IDAT chunk/,
    pillow: 'accepts it',
    why: 'Pillow takes the first frame of an animation without a default image.',
  },
  {
    formats: ['png'],
    ours: /^accepted/,
    pillow: 'refuses it',
    why: 'Of text, colour profiles and animation chunks only the size is checked here; Pillow refuses some for their contents.',
  },
  {
    formats: ['tiff'],
    ours: /^CorruptImage: (incorrect data check|invalid distance too far back|the data end too early or point outside the file)/,
    pillow: 'accepts it',
    why: 'libtiff ignores wrong zlib checksums and window sizes, and strip lengths; other damage that it accepts has not been analysed.',
  },
  {
    formats: ['tiff'],
    ours: /^CorruptImage: unknown marker/,
    pillow: 'accepts it',
    why: 'libtiff has read the rows of a JPEG in a TIFF by then and ignores what follows; in a JPEG file it is damage.',
  },
  {
    formats: ['tiff'],
    ours: /^CorruptImage: there is no strip or tile N/,
    pillow: 'accepts it',
    why: 'Pillow leaves the rows of strips that the file does not list at zero.',
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
    why: 'Tags that are not read here (Pillow: cannot identify), and damage that only libtiff detects (decoder error -2).',
  },
  {
    formats: [runLengthBmp],
    ours: /^accepted/,
    pillow: 'refuses it',
    why: 'Pillow refuses run lengths with an end mark before the last row.',
  },
  {
    formats: [runLengthBmp],
    ours: /^accepted/,
    pillow: 'has other pixels',
    why: 'In Pillow a literal run that is longer than its row goes on in the next one; here it is clipped, like every run.',
  },
  {
    formats: [runLengthBmp],
    ours: /^CorruptImage: truncated in row N of N/,
    pillow: 'accepts it',
    why: 'In Pillow a literal run that is longer than its row fills the next ones; here it is clipped, so rows are missing.',
  },
  {
    formats: ['bmp'],
    ours: /^CorruptImage: the data end too early or point outside the file/,
    pillow: 'accepts it',
    why: 'Pillow accepts a last row without padding; here the padding is required.',
  },
  {
    formats: ['psd'],
    ours: /^accepted/,
    pillow: 'refuses it',
    why: 'Pillow reads neither 16 bits nor PSB.',
  },
  {
    formats: ['psd'],
    ours: /^accepted/,
    pillow: 'has other pixels',
    why: 'If a packed file has more channels than its colours need, Pillow takes the rest of the table of row lengths for pixels.',
  },
  {
    formats: ['psd'],
    ours: /^CorruptImage: the data end too early or point outside the file/,
    pillow: 'accepts it',
    why: 'Pillow reads a shorter table of row lengths than that of the stated channels, and takes the rest for pixels.',
  },
  {
    formats: ['psd'],
    ours: /^CorruptImage: a palette of N bytes/,
    pillow: 'accepts it',
    why: 'Pillow shows a black picture if the palette has not 256 colours.',
  },
  {
    formats: ['webp'],
    ours: /^accepted/,
    pillow: 'refuses it',
    why: 'Only the image or the first frame is read here; Pillow opens the whole file.',
  },
  {
    formats: ['avif'],
    ours: /^accepted/,
    pillow: 'refuses it',
    why: 'Pillow does not identify a file with another main brand; here any listed brand counts. It refuses thousands of items, too.',
  },
  {
    formats: ['jpeg'],
    ours: /^accepted/,
    pillow: 'refuses it',
    why: 'Scans after a complete one are ignored here, and sides may exceed 65,500 pixels; libjpeg fails on both.',
  },
  {
    formats: ['jpeg'],
    ours: /^CorruptImage: the data end before the image is complete/,
    pillow: 'accepts it',
    why: 'Damage can give libjpeg all blocks before the end of a file without an end marker, which is required here.',
  },
  {
    formats: ['avif'],
    ours: /^CorruptImage: a box of N bytes/,
    pillow: 'accepts it',
    why: 'Pillow ignores boxes behind the header that are too short.',
  },
  {
    formats: ['avif'],
    ours: /^CorruptImage: (the data are damaged|the decoder refuses the data)/,
    pillow: 'accepts it',
    why: 'Pillow has another AV1 decoder, which fails on other damage.',
  },
  {
    formats: [oldJpeg],
    ours: /^CorruptImage: (unknown marker|a second frame header)/,
    pillow: 'accepts it',
    why: 'libtiff leaves the rows behind such a marker grey, or has read all rows by then and ignores what follows; here it is damage.',
  },
  {
    formats: [oldJpeg],
    ours: /^CorruptImage: (restart marker N of N|there is no strip or tile N|the data end before|incorrect header check)/,
    pillow: 'accepts it',
    why: 'libtiff stops at the damage or reads other data, and Pillow returns the rest of the page in one colour or as noise.',
  },
  {
    formats: [oldJpeg],
    ours: /^CorruptImage: the data end too early or point outside the file/,
    pillow: 'accepts it',
    why: 'libtiff ignores tags whose values lie outside the file.',
  },
  {
    formats: [oldJpeg],
    ours: /^CorruptImage: blocks of NxN in a page of NxN/,
    pillow: 'accepts it',
    why: 'A limit of the function: a tile larger than the page may have at most 4096x4096 pixels.',
  },
  {
    formats: [oldJpeg],
    ours: /^CorruptImage: a second start of image/,
    pillow: 'accepts it',
    why: 'libtiff skips any number of starts; here one in the stream and one in its strip.',
  },
  {
    formats: [oldJpeg],
    ours: /^accepted/,
    pillow: 'refuses it',
    why: 'libtiff refuses tags of another type or number of values, files without sizes of strips, strips whose stream has no restart markers, pages smaller than a group of subsampled pixels, and sides beyond 65,500.',
  },
  {
    formats: [oldJpeg],
    ours: /^accepted/,
    pillow: 'has other pixels',
    why: 'libtiff ignores a restart interval with another number of values; in a page without compression, Pillow ignores subsampling.',
  },
];
