/** Limits the work for the strips or tiles of a TIFF page, which may be many, overlap in the file, or exceed the page. */
import { UnsupportedFormat } from '../../image/rejections.ts';
import type { Blocks } from './blocks.ts';
import { compressions, type TiffLayout } from './layout.ts';

/**
 * @param tablesBytes size of the tables that all JPEG blocks share
 * @throws {UnsupportedFormat} more work than any real file of this size needs
 */
export function checkBlocks(
  layout: TiffLayout,
  { count, planes, codedBytes }: Pick<Blocks, 'count' | 'planes' | 'codedBytes'>,
  tablesBytes: number,
  fileBytes: number,
): void {
  const { width, height, blockWidth, blockHeight, compression } = layout;
  const stored = count * planes;
  const maxBlocks = compression === compressions.jpeg ? maxJpegs : maxOthers;
  if (stored > maxBlocks) throw refusal(`in ${stored} strips or tiles; the limit is ${maxBlocks}`);

  const coded = codedBytes() + stored * tablesBytes;
  if (coded > Math.max(fileBytes, maxSharedBytes)) {
    throw refusal(`whose strips or tiles have ${coded} bytes in a file of ${fileBytes}`);
  }

  const pixels = count * blockWidth * blockHeight;
  if (pixels > Math.max(2 * width * height, maxPixelsOfSmall)) {
    throw refusal(`of ${width}x${height} in tiles of ${blockWidth}x${blockHeight}`);
  }
}

function refusal(kind: string) {
  return new UnsupportedFormat(`TIFF ${kind}; save it with strips of normal size, or as PNG`);
}

// Each limit corresponds to about a second, measured at 0.3 ms per JPEG block, 6 µs per other block and 10 ns per tile pixel.
const maxJpegs = 4096;
const maxOthers = 2 ** 17;
/** Lets small files share tile data: some programs store identical tiles once. */
const maxSharedBytes = 16_000_000;
const maxPixelsOfSmall = 2 ** 26;
