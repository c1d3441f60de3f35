/** Decompresses the strips and tiles of a TIFF page. */
import { constants, inflateSync } from 'node:zlib';
import { CorruptImage } from '../../image/rejections.ts';
import { decodeJpeg, decodeJpegSamples } from '../jpeg/decode-jpeg.ts';
import { type JpegHeader, readJpegHeader } from '../jpeg/syntax/header.ts';
import type { Directory } from '../shared/directory.ts';
import { type KernelInstance, startKernels } from '../shared/kernels.ts';
import { decodeLzw } from '../shared/lzw.ts';
import { unpackBits } from '../shared/pack-bits.ts';
import { decodeFax } from './fax.ts';
import { compressions, type TiffLayout } from './layout.ts';
import { otherSamples, refusal } from './variants.ts';
import { decodeXz } from './xz.ts';
import { decodeZstd } from './zstd.ts';

/**
 * @param block as stored
 * @param rows the rows of the block that are needed; tiles hold more
 * @returns The packed rows; fewer bytes than the rows take if the block holds fewer.
 * @throws {CorruptImage | RangeError} or an error of zlib, if the data are damaged or inflate to far more than a block
 */
export type Unpack = (block: Uint8Array, rows: number) => Uint8Array;

/**
 * @param channels samples per pixel in a block
 * @param rowBytes packed bytes of a row
 */
export function unpacker(
  layout: TiffLayout,
  directory: Directory,
  channels: number,
  rowBytes: number,
): Unpack {
  // Some programs write the last strip at full length.
  const blockBytes = rowBytes * layout.blockHeight;
  const inOrder = (block: Uint8Array) => (layout.isReversed ? reverseBits(block) : block);
  switch (layout.compression) {
    case compressions.jpeg:
      return jpegUnpacker(layout, directory, channels);
    case compressions.fax1d:
    case compressions.fax3:
    case compressions.fax4: {
      const variant = {
        isGroup4: layout.compression === compressions.fax4,
        isMixed:
          layout.compression === compressions.fax3 && (directory.numbers(t4OptionsTag)[0] ?? 0) % 2 === 1,
        isAligned: layout.compression === compressions.fax1d,
      };
      return (block, rows) => decodeFax(inOrder(block), layout.blockWidth, rows, variant);
    }
    case compressions.lzw:
      return (block) => unpackLzw(inOrder(block), blockBytes);
    case compressions.packBits:
      return (block) => {
        const output = new Uint8Array(blockBytes);
        return output.subarray(0, unpackBits(inOrder(block), 0, output).written);
      };
    case compressions.deflate:
    case compressions.oldDeflate:
      return (block) =>
        inflateSync(inOrder(block), {
          // Larger than any output, which is then not copied from several chunks.
          chunkSize: blockBytes + spareBytes + 1,
          maxOutputLength: blockBytes + spareBytes,
          finishFlush: constants.Z_SYNC_FLUSH,
        });
    case compressions.zstd:
      return (block) => decodeZstd(inOrder(block), blockBytes);
    case compressions.lzma:
      return (block) => decodeXz(inOrder(block), blockBytes);
    default:
      return inOrder;
  }
}

/** The tables that all JPEG blocks share, without an end marker. */
export function tablesOf({ numbers }: Directory): Uint8Array {
  return Buffer.from(numbers(jpegTablesTag)).subarray(0, -2);
}

/** Each block is a JPEG stream of its own, without the tables that all blocks share. Equals libtiff. */
function jpegUnpacker(layout: TiffLayout, directory: Directory, channels: number): Unpack {
  const { blockWidth, blockHeight, tiled, photometric } = layout;
  const tables = tablesOf(directory);
  // One for all blocks: starting an instance takes longer than decoding a small tile.
  const instance = startKernels();
  return (block, rows) => {
    const stream = tables.length > 0 ? Buffer.concat([tables, block.subarray(2)]) : block;
    const header = readJpegHeader(stream);
    const isYcbcr = photometric === 6 && channels === 3;
    checkJpeg(header, layout, channels, isYcbcr);
    // Some programs write the last strip at full height, or as whole MCUs.
    const maxHeight = tiled ? blockHeight : Math.ceil(blockHeight / 16) * 16;
    if (header.width !== blockWidth || header.height > maxHeight) {
      throw new CorruptImage(
        `a JPEG of ${header.width}x${header.height} in a block of ${blockWidth}x${blockHeight}`,
      );
    }
    const samples = isYcbcr ? rgbOf(stream, header, instance) : decodeJpegSamples(stream, header, instance);
    return header.height < rows ? padded(samples, blockWidth * channels * rows) : samples;
  };
}

/** Missing rows are 0. */
function padded(samples: Uint8Array, length: number): Uint8Array {
  const result = new Uint8Array(length);
  result.set(samples);
  return result;
}

/** Only YCbCr may have subsampled colours. Pillow refuses the same but arithmetic coding; such files are mislabelled, not damaged. */
function checkJpeg(
  { components, isArithmetic }: JpegHeader,
  { photometric, subsampling: [across, down], isSubsamplingStated }: TiffLayout,
  channels: number,
  isYcbcr: boolean,
) {
  // A page may have thousands of JPEGs, each of which may take as much work as a JPEG file.
  if (isArithmetic) throw refusal('TIFF of arithmetic-coded JPEG');
  if (components.length !== channels) {
    throw refusal(otherSamples(channels, components.length));
  }
  const [{ h, v }] = components;
  if (isYcbcr && isSubsamplingStated && (h !== across || v !== down)) {
    throw refusal(`TIFF of YCbCr subsampled ${across}:${down} with a JPEG of ${h}:${v}`);
  }
  if (!isYcbcr && components.some((other) => other.h !== h || other.v !== v)) {
    throw refusal(`TIFF of the colour space ${photometric} with a JPEG of subsampled colours`);
  }
}

function rgbOf(stream: Uint8Array, header: JpegHeader, instance: KernelInstance): Uint8Array {
  const { data } = decodeJpeg(stream, { ...header, colourSpace: 'YCbCr' }, instance);
  const rgb = new Uint8Array((data.length / 4) * 3);
  for (let from = 0, to = 0; from < data.length; from += 4, to += 3) {
    rgb[to] = data[from];
    rgb[to + 1] = data[from + 1];
    rgb[to + 2] = data[from + 2];
  }
  return rgb;
}

function unpackLzw(block: Uint8Array, length: number): Uint8Array {
  const output = new Uint8Array(length);
  // Writers before 1992 packed the bits from the other end; their first code, 256, then begins with these bits.
  const isOld = block.length >= 2 && block[0] === 0 && (block[1] & 1) === 1;
  const variant = { bitOrder: isOld ? 'lsb' : 'msb', literalBits: 8, earlyChange: !isOld } as const;
  return output.subarray(0, decodeLzw(block, output, variant));
}

function reverseBits(bytes: Uint8Array): Uint8Array {
  reversed ??= Uint8Array.from({ length: 256 }, (_, byte) => {
    let result = 0;
    for (let bit = 0; bit < 8; bit++) result |= ((byte >> bit) & 1) << (7 - bit);
    return result;
  });
  const result = new Uint8Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) result[i] = reversed[bytes[i]];
  return result;
}

let reversed: Uint8Array | undefined;

/** Tolerates deflated data after the pixels, which libtiff leaves unread. */
const spareBytes = 65_536;
const jpegTablesTag = 347;
const t4OptionsTag = 292;
