/** How much work the strips or tiles of a TIFF page may be: they can be many, overlap in the file, and reach far beyond the page. */
import { UnsupportedFormat } from '../../image/rejections.ts';
import { compressions, type TiffLayout } from './layout.ts';

/**
 * @param tablesBytes of the tables that all blocks of JPEG have in common
 * @throws {UnsupportedFormat} no program writes such a file, and reading it would take many times as long as its size suggests
 */
export function checkBlocks(layout: TiffLayout, tablesBytes: number, fileBytes: number): void {
  const { width, height, blockWidth, blockHeight, compression } = layout;
  const blocks = Math.ceil(width / blockWidth) * Math.ceil(height / blockHeight);
  const maxBlocks = compression === compressions.jpeg ? maxJpegs : maxOthers;
  if (blocks > maxBlocks) throw refusal(`in ${blocks} strips or tiles; the limit is ${maxBlocks}`);

  const coded = layout.byteCounts.slice(0, blocks).reduce((sum, bytes) => sum + bytes, blocks * tablesBytes);
  if (coded > Math.max(fileBytes, maxSharedBytes)) {
    throw refusal(`whose strips or tiles have ${coded} bytes in a file of ${fileBytes}`);
  }

  const pixels = blocks * blockWidth * blockHeight;
  if (pixels > Math.max(2 * width * height, maxPixelsOfSmall)) {
    throw refusal(`of ${width}x${height} in tiles of ${blockWidth}x${blockHeight}`);
  }
}

function refusal(kind: string) {
  return new UnsupportedFormat(`TIFF ${kind}; save it in fewer, or as PNG`);
}

// Measured: 0.3 ms a JPEG however small, 6 µs any other block, 10 ns a pixel of a tile: each limit stands for about a second.
const maxJpegs = 4096;
const maxOthers = 2 ** 17;
/** Some programs store equal tiles once. */
const maxSharedBytes = 16_000_000;
const maxPixelsOfSmall = 2 ** 26;
