/** Reads the header of a Photoshop document, PSD or PSB: Adobe Photoshop File Formats Specification. */
import { CorruptImage, UnsupportedFormat } from '../../image/rejections.ts';
import { slice, viewOf } from '../shared/bytes.ts';

export interface PsdHeader {
  readonly width: number;
  readonly height: number;
  readonly mode: number;
  /** Bits of a sample: 1, 8 or 16. */
  readonly bits: number;
  /** Stored channels: those of the colours, then alpha, masks and spot colours. */
  readonly channels: number;
  /** Channels that are read, like Pillow: those of the colours, and the alpha of RGB, in which a file can be cut off. */
  readonly channelsRead: number;
  /** All reds, then all greens, then all blues; empty without a palette. */
  readonly palette: Uint8Array;
  readonly isPacked: boolean;
  /** A large document (PSB), whose lengths of layers and rows have twice as many bytes. */
  readonly isLarge: boolean;
  /** The position of the composite's data, after its compression. */
  readonly dataAt: number;
}

export const modes = {
  bitmap: 0,
  grey: 1,
  palette: 2,
  RGB: 3,
  CMYK: 4,
  multichannel: 7,
  duotone: 8,
  lab: 9,
} as const;

/**
 * Channels of the colours, and the bits that a sample may have. Several inks without a composite (multichannel) and duotones
 * are shown by their first channel.
 */
const kinds: { readonly [mode: number]: { readonly colours: number; readonly depths: readonly number[] } } = {
  [modes.bitmap]: { colours: 1, depths: [1, 8] },
  [modes.grey]: { colours: 1, depths: [8, 16] },
  [modes.palette]: { colours: 1, depths: [8] },
  [modes.RGB]: { colours: 3, depths: [8, 16] },
  [modes.CMYK]: { colours: 4, depths: [8, 16] },
  [modes.multichannel]: { colours: 1, depths: [8, 16] },
  [modes.duotone]: { colours: 1, depths: [8, 16] },
  [modes.lab]: { colours: 3, depths: [8, 16] },
};

/**
 * @throws {UnsupportedFormat} names the kind that is not read, or a document without a composite
 * @throws {CorruptImage | RangeError} damaged or truncated
 */
export function readPsdHeader(file: Uint8Array): PsdHeader {
  const view = viewOf(file);
  const isLarge = view.getUint16(4) === largeVersion;
  const channels = view.getUint16(12);
  const [height, width] = [view.getUint32(14), view.getUint32(18)];
  const [bits, mode] = [view.getUint16(22), view.getUint16(24)];
  const kind = kinds[mode];
  if (!kind) throw refusal(`Photoshop document of the colour mode ${mode}`);
  if (!kind.depths.includes(bits)) throw refusal(`${bits}-bit Photoshop document`);
  const { colours } = kind;
  if (channels < colours) throw new CorruptImage(`${channels} channels; the colours have ${colours}`);
  const channelsRead = mode === modes.RGB && channels === 4 ? 4 : colours;
  const colourData = sectionAt(file, headerBytes);
  const resources = readResources(file, colourData.end);
  const layers = sectionAt(file, resources.end, isLarge ? 8 : 4);
  const palette = mode === modes.palette ? colourData.content : new Uint8Array();
  if (mode === modes.palette && palette.length !== paletteBytes) {
    throw new CorruptImage(`a palette of ${palette.length} bytes`);
  }
  if (!resources.hasComposite) {
    throw refusal('Photoshop document that was saved without a composite (Maximize Compatibility)');
  }
  const compression = view.getUint16(layers.end);
  if (compression > predicted) throw new CorruptImage(`a composite of the compression ${compression}`);
  if (compression > packed) throw refusal('Photoshop document with a deflated composite');
  return {
    width,
    height,
    mode,
    bits,
    channels,
    channelsRead,
    palette,
    isPacked: compression === packed,
    isLarge,
    dataAt: layers.end + 2,
  };
}

/** A section with its length before it. */
function sectionAt(
  file: Uint8Array,
  start: number,
  lengthBytes = 4,
): { readonly content: Uint8Array; readonly end: number } {
  const view = viewOf(file);
  const length = lengthBytes === 8 ? Number(view.getBigUint64(start)) : view.getUint32(start);
  const at = start + lengthBytes;
  return { content: slice(file, at, length), end: at + length };
}

/**
 * Like Pillow, takes the end of the last resource for the section's, wherever its length says that it ends.
 *
 * @returns `hasComposite`: false if a resource states that the composite is blank
 */
function readResources(
  file: Uint8Array,
  start: number,
): { readonly hasComposite: boolean; readonly end: number } {
  const view = viewOf(file);
  const stop = start + 4 + view.getUint32(start);
  let hasComposite = true;
  let at = start + 4;
  while (at < stop) {
    const id = view.getUint16(at + 4);
    // The name's length and the name, padded to an even number of bytes.
    const sizeAt = at + 6 + ((view.getUint8(at + 6) + 2) & ~1);
    const size = view.getUint32(sizeAt);
    if (id === versionInfo) hasComposite = view.getUint8(sizeAt + 8) !== 0;
    at = sizeAt + 4 + size + (size & 1);
  }
  return { hasComposite, end: at };
}

function refusal(kind: string): UnsupportedFormat {
  return new UnsupportedFormat(`${kind}; save it with 8 bits and a composite, or as PNG`);
}

const largeVersion = 2;
const headerBytes = 26;
const paletteBytes = 768;
/** The kinds of compression: none, PackBits, deflate, and deflate of differences. */
const packed = 1;
const predicted = 3;
const versionInfo = 1057;
