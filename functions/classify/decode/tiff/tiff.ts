/**
 * The TIFF format: the first page, in strips or tiles. Has its own decoder, because jimp's (utif2) loops forever on some damaged
 * files and inflates without a bound.
 */
import type { Bitmap, UndecodedImage } from '../../image/image.ts';
import { turnOf } from '../../image/orientation.ts';
import { turnBitmap } from '../../image/turn-bitmap.ts';
import { slice } from '../shared/bytes.ts';
import { type Directory, readDirectory } from '../shared/directory.ts';
import { pageOrientation } from '../shared/orientation.ts';
import { type Blocks, locateBlocks, storedRows } from './blocks.ts';
import { pixelPainter, ycbcrRowPainter } from './colours.ts';
import { compressions, isGrouped, readLayout, type TiffLayout } from './layout.ts';
import { checkBlocks } from './limits.ts';
import { decodeOldJpeg } from './old-jpeg.ts';
import { readSamples, type Samples } from './samples.ts';
import { tablesOf, type Unpack, unpacker } from './unpack.ts';
import { checkVariant } from './variants.ts';
import { expandGroups, groupRowBytes, sumGroups } from './ycbcr.ts';

/** Equals Pillow, which applies the Orientation tag of a TIFF, unlike other formats' orientation: the bitmap is upright. */
export function open(bytes: Uint8Array): UndecodedImage {
  const directory = readDirectory(bytes);
  const layout = readLayout(directory);
  checkVariant(layout);
  const toUpright = turnOf(pageOrientation(directory));
  return {
    width: toUpright.swapsAxes ? layout.height : layout.width,
    height: toUpright.swapsAxes ? layout.width : layout.height,
    orientation: 1,
    bytesPerPixel: 8 + sampleBytes(layout),
    decode: () => turnBitmap(decodePage(bytes, directory, layout), toUpright),
  };
}

/** The memory of samples for each pixel of the page. Old-style JPEG is painted row by row. */
function sampleBytes(layout: TiffLayout): number {
  if (layout.compression === compressions.oldJpeg) return 0;
  const bytes = Math.ceil((layout.samplesPerPixel * layout.bitsPerSample) / 8);
  const blocksOfPage = (layout.blockWidth * layout.blockHeight) / (layout.width * layout.height);
  // A tile may be larger than the page; if it is YCbCr, it is also converted as a whole.
  return blocksOfPage > 1 ? (bytes + 4) * blocksOfPage : bytes;
}

function decodePage(bytes: Uint8Array, directory: Directory, layout: TiffLayout): Bitmap {
  if (layout.compression === compressions.oldJpeg) return decodeOldJpegPage(bytes, directory, layout);
  const { width, height, blockWidth, blockHeight, blocksAcross } = layout;
  const channels = layout.isPlanar ? 1 : layout.samplesPerPixel;
  const rowBytes = isGrouped(layout)
    ? groupRowBytes(layout)
    : Math.ceil((blockWidth * channels * layout.bitsPerSample) / 8);
  const blocks = locateBlocks(bytes, layout, rowBytes);
  checkBlocks(layout, blocks, tablesOf(directory).length, bytes.length);
  const page = { width, height, data: new Uint8Array(width * height * 4) };
  const paint = pixelPainter(layout, directory);
  const unpack = unpacker(layout, directory, channels, rowBytes);
  for (let block = 0; block < blocks.count; block++) {
    const left = (block % blocksAcross) * blockWidth;
    const top = Math.floor(block / blocksAcross) * blockHeight;
    const columns = Math.min(blockWidth, width - left);
    const rowOf = blockReader(layout, blocks, block, unpack, rowBytes);
    for (let y = 0; y < blocks.rowsOf(block); y++) {
      const samples = rowOf(y);
      const to = 4 * ((top + y) * width + left);
      for (let x = 0; x < columns; x++) paint(samples, x * layout.samplesPerPixel, page.data, to + 4 * x);
    }
  }
  return page;
}

function decodeOldJpegPage(bytes: Uint8Array, directory: Directory, layout: TiffLayout): Bitmap {
  const { width, height } = layout;
  const page = { width, height, data: new Uint8Array(width * height * 4) };
  const paintRow = ycbcrRowPainter(directory, page.data);
  decodeOldJpeg(bytes, directory, layout, (planes) => paintRow(planes, width));
  return page;
}

/** Unpacks a block of all planes and returns a function that reads its rows, samples of a pixel next to each other. */
function blockReader(
  layout: TiffLayout,
  blocks: Blocks,
  block: number,
  unpack: Unpack,
  rowBytes: number,
): (y: number) => Samples {
  const rows = blocks.rowsOf(block);
  if (isGrouped(layout)) {
    const stored = slice(unpack(blocks.read(block, 0), rows), 0, storedRows(layout, rows) * rowBytes);
    const summed = layout.predictor === 2 ? sumGroups(stored, layout) : stored;
    const expanded = expandGroups(summed, layout, rows);
    return (y) => expanded.subarray(3 * y * layout.blockWidth, 3 * (y + 1) * layout.blockWidth);
  }
  const planes = Array.from({ length: blocks.planes }, (_, plane) => unpack(blocks.read(block, plane), rows));
  const channels = layout.isPlanar ? 1 : layout.samplesPerPixel;
  const rowOf = (raw: Uint8Array, y: number) =>
    readSamples(slice(raw, y * rowBytes, rowBytes), layout, channels);
  if (planes.length === 1) return (y) => rowOf(planes[0], y);
  return (y) => interleave(planes.map((raw) => rowOf(raw, y)));
}
function interleave(rows: readonly Samples[]): Samples {
  const [first] = rows;
  const samples =
    first instanceof Uint16Array
      ? new Uint16Array(first.length * rows.length)
      : new Uint8Array(first.length * rows.length);
  for (const [channel, row] of rows.entries()) {
    for (let x = 0, to = channel; x < row.length; x++, to += rows.length) samples[to] = row[x];
  }
  return samples;
}
