/**
 * The TIFF format: the first page, in strips or tiles. An own decoder, because jimp's (utif2) loops forever on some damaged
 * files and inflates without a bound.
 */
import type { Bitmap, UndecodedImage } from '../../image/image.ts';
import { type Turn, turnOf } from '../../image/orientation.ts';
import { CorruptImage } from '../../image/rejections.ts';
import { open as openJpeg } from '../jpeg/jpeg.ts';
import { slice } from '../shared/bytes.ts';
import { type Directory, readDirectory } from '../shared/directory.ts';
import { pageOrientation } from '../shared/orientation.ts';
import { pixelPainter } from './colours.ts';
import { compressions, readLayout, type TiffLayout } from './layout.ts';
import { checkBlocks } from './limits.ts';
import { readSamples, unpack } from './samples.ts';

/** Equals Pillow, which applies the Orientation tag of a TIFF, unlike other formats' orientation: the bitmap is upright. */
export function open(bytes: Uint8Array): UndecodedImage {
  const directory = readDirectory(bytes);
  const layout = readLayout(directory);
  const toUpright = turnOf(pageOrientation(directory));
  return {
    width: toUpright.swapsAxes ? layout.height : layout.width,
    height: toUpright.swapsAxes ? layout.width : layout.height,
    orientation: 1,
    bytesPerPixel: 10,
    decode: () => turn(decodePage(bytes, directory, layout), toUpright),
  };
}

function decodePage(bytes: Uint8Array, directory: Directory, layout: TiffLayout): Bitmap {
  const { width, height } = layout;
  const tables = Buffer.from(directory.numbers(jpegTablesTag)).subarray(0, -2);
  checkBlocks(layout, tables.length, bytes.length);
  const page = { width, height, data: new Uint8Array(width * height * 4) };
  const decodeBlock =
    layout.compression === compressions.jpeg ? jpegDecoder(tables, layout) : rawDecoder(layout);
  const across = Math.ceil(width / layout.blockWidth);
  const down = Math.ceil(height / layout.blockHeight);
  for (let i = 0; i < across * down; i++) {
    const x = (i % across) * layout.blockWidth;
    const y = Math.floor(i / across) * layout.blockHeight;
    const rows = Math.min(layout.blockHeight, height - y);
    const block = slice(bytes, layout.offsets[i] ?? Number.NaN, layout.byteCounts[i] ?? Number.NaN);
    place(decodeBlock(block, layout.tiled ? layout.blockHeight : rows), page, x, y);
  }
  return page;
}

type BlockDecoder = (block: Uint8Array, rows: number) => Bitmap;

function rawDecoder(layout: TiffLayout): BlockDecoder {
  const { blockWidth: width, samplesPerPixel, bitsPerSample, compression } = layout;
  const rowBytes = Math.ceil((width * samplesPerPixel * bitsPerSample) / 8);
  // Some programs write the last strip at full length.
  const blockBytes = rowBytes * layout.blockHeight;
  const paint = pixelPainter(layout);
  return (block, rows) => {
    const raw = unpack(block, compression, blockBytes);
    const data = new Uint8Array(width * rows * 4);
    for (let y = 0; y < rows; y++) {
      const samples = readSamples(slice(raw, y * rowBytes, rowBytes), layout);
      for (let x = 0; x < width; x++) paint(samples, x * samplesPerPixel, data, (y * width + x) * 4);
    }
    return { width, height: rows, data };
  };
}

/** Each block is a JPEG stream of its own, without the tables that all blocks share. */
function jpegDecoder(tables: Uint8Array, { blockWidth, photometric }: TiffLayout): BlockDecoder {
  return (block, rows) => {
    const stream = tables.length > 0 ? Buffer.concat([tables, block.subarray(2)]) : block;
    const image = openJpeg(stream, photometric === 2 ? 'RGB' : 'YCbCr');
    if (image.width !== blockWidth || image.height !== rows) {
      throw new CorruptImage(`a JPEG of ${image.width}x${image.height} in a block of ${blockWidth}x${rows}`);
    }
    return image.decode(() => {}) as Bitmap; // The JPEG decoder is synchronous.
  };
}

const jpegTablesTag = 347;

/** Copies a block to its position, clipped to the page. */
function place(block: Bitmap, page: Bitmap, x: number, y: number) {
  const width = Math.min(block.width, page.width - x);
  const height = Math.min(block.height, page.height - y);
  for (let row = 0; row < height; row++) {
    const from = row * block.width * 4;
    page.data.set(block.data.subarray(from, from + width * 4), ((y + row) * page.width + x) * 4);
  }
}

/** Turns a page as its Orientation tag says. */
function turn({ width, height, data }: Bitmap, { mirrorsColumns, mirrorsRows, swapsAxes }: Turn): Bitmap {
  if (!mirrorsColumns && !mirrorsRows && !swapsAxes) return { width, height, data };
  const from = new Uint32Array(data.buffer);
  const to = new Uint32Array(from.length);
  const [stepX, stepY] = swapsAxes ? [height, 1] : [1, width];
  for (let y = 0, i = 0; y < height; y++) {
    const targetY = mirrorsRows ? height - 1 - y : y;
    for (let x = 0; x < width; x++, i++) {
      to[(mirrorsColumns ? width - 1 - x : x) * stepX + targetY * stepY] = from[i];
    }
  }
  const [turnedWidth, turnedHeight] = swapsAxes ? [height, width] : [width, height];
  return { width: turnedWidth, height: turnedHeight, data: new Uint8Array(to.buffer) };
}
