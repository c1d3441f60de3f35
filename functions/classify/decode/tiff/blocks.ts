/** Locates the strips or tiles of a TIFF page in the file. */
import { CorruptImage } from '../../image/rejections.ts';
import { slice } from '../shared/bytes.ts';
import { compressions, isGrouped, type TiffLayout } from './layout.ts';

export interface Blocks {
  /** The number of blocks that cover the page. */
  readonly count: number;
  /** The number of planes: one per sample if samples are stored in separate planes, otherwise 1. */
  readonly planes: number;
  /** The size of all blocks in the file. */
  codedBytes(): number;
  /** The stored bytes of a block. */
  read(block: number, plane: number): Uint8Array;
  /** The rows of a block that lie on the page. */
  rowsOf(block: number): number;
}

/**
 * Uncompressed blocks have the size of their pixels whatever the file states, as in Pillow. So does the only block of a page
 * without a stated size: it extends to the end of the file.
 *
 * @param rowBytes stored bytes in a row of a block
 */
export function locateBlocks(file: Uint8Array, layout: TiffLayout, rowBytes: number): Blocks {
  const { compression, height, blockHeight, blocksAcross, isPlanar, samplesPerPixel } = layout;
  const count = blocksAcross * layout.blocksDown;
  const planes = isPlanar ? samplesPerPixel : 1;
  const rowsOf = (block: number) =>
    Math.min(blockHeight, height - Math.floor(block / blocksAcross) * blockHeight);
  const startOf = (index: number) => {
    // If several strips each hold the whole page, Pillow reads the last.
    const isRepeated = compression === compressions.none && count === 1 && !isPlanar;
    const start = layout.offsets[isRepeated ? layout.offsets.length - 1 : index];
    if (start === undefined) throw new CorruptImage(`there is no strip or tile ${index + 1}`);
    return start;
  };
  const lengthOf = (block: number, plane: number) => {
    if (compression === compressions.none) return storedRows(layout, rowsOf(block)) * rowBytes;
    const index = plane * count + block;
    const stated = layout.byteCounts[index] ?? 0;
    if (stated > 0) return stated;
    if (count * planes > 1) throw new CorruptImage(`the size of strip or tile ${index + 1} is missing`);
    return Math.max(0, file.length - startOf(index));
  };
  return {
    count,
    planes,
    rowsOf,
    codedBytes: () => {
      let sum = 0;
      for (let plane = 0; plane < planes; plane++) {
        for (let block = 0; block < count; block++) sum += lengthOf(block, plane);
      }
      return sum;
    },
    read: (block, plane) => slice(file, startOf(plane * count + block), lengthOf(block, plane)),
  };
}

/** Subsampled rows come in groups. */
export function storedRows(layout: TiffLayout, rows: number): number {
  return isGrouped(layout) ? Math.ceil(rows / layout.subsampling[1]) : rows;
}
