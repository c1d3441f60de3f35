/** Reads the header of a Photoshop document: Adobe Photoshop File Formats Specification, version 1. */
import { CorruptImage, UnsupportedFormat } from '../../image/rejections.ts';
import { slice, viewOf } from '../shared/bytes.ts';

export interface PsdHeader {
  readonly width: number;
  readonly height: number;
  readonly mode: number;
  /** Stored channels: those of the colours, then alpha, masks and spot colours. */
  readonly channels: number;
  /** Channels that are read, like Pillow: those of the colours, and the alpha of RGB, in which a file can be cut off. */
  readonly channelsRead: number;
  /** All reds, then all greens, then all blues; empty without a palette. */
  readonly palette: Uint8Array;
  readonly isPacked: boolean;
  /** The position of the composite's data, after its compression. */
  readonly dataAt: number;
}

export const modes = { grey: 1, palette: 2, RGB: 3, CMYK: 4, multichannel: 7, duotone: 8, lab: 9 };

/** Channels of the colours. Several inks without a composite (7) and duotones (8) are shown by their first channel. */
const channelsOf: { readonly [mode: number]: number } = { 1: 1, 2: 1, 3: 3, 4: 4, 7: 1, 8: 1, 9: 3 };

/**
 * @throws {UnsupportedFormat} names the kind that is not read, or a document without a composite
 * @throws {CorruptImage | RangeError} damaged or truncated
 */
export function readPsdHeader(file: Uint8Array): PsdHeader {
  const view = viewOf(file);
  const channels = view.getUint16(12);
  const [height, width] = [view.getUint32(14), view.getUint32(18)];
  const [bits, mode] = [view.getUint16(22), view.getUint16(24)];
  const needed = channelsOf[mode] ?? 0;
  if (bits !== 8 || needed === 0) {
    throw refusal(`${bits}-bit Photoshop document${needed > 0 ? '' : ` of the colour mode ${mode}`}`);
  }
  if (channels < needed) throw new CorruptImage(`${channels} channels; the colours have ${needed}`);
  const channelsRead = mode === modes.RGB && channels === 4 ? 4 : needed;
  const colourData = sectionAt(file, headerBytes);
  const resources = readResources(file, colourData.end);
  const layers = sectionAt(file, resources.end);
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
  const isPacked = compression === packed;
  return { width, height, mode, channels, channelsRead, palette, isPacked, dataAt: layers.end + 2 };
}

/** A section with its length before it. */
function sectionAt(file: Uint8Array, start: number): { readonly content: Uint8Array; readonly end: number } {
  const length = viewOf(file).getUint32(start);
  return { content: slice(file, start + 4, length), end: start + 4 + length };
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

const headerBytes = 26;
const paletteBytes = 768;
/** The kinds of compression: none, PackBits, deflate, and deflate of differences. */
const packed = 1;
const predicted = 3;
const versionInfo = 1057;
