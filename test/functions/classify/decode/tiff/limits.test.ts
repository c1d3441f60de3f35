import { describe, expect, it } from 'vitest';
import type { Blocks } from '../../../../../functions/classify/decode/tiff/blocks.ts';
import { compressions, type TiffLayout } from '../../../../../functions/classify/decode/tiff/layout.ts';
import { checkBlocks } from '../../../../../functions/classify/decode/tiff/limits.ts';
import { UnsupportedFormat } from '../../../../../functions/classify/image/rejections.ts';

interface Work {
  readonly isJpeg?: boolean;
  readonly page?: readonly [width: number, height: number];
  readonly tile?: readonly [width: number, height: number];
  readonly count?: number;
  readonly planes?: number;
  readonly codedBytes?: number;
  readonly tablesBytes?: number;
  readonly fileBytes?: number;
}

function check(work: Work): void {
  const [width, height] = work.page ?? [1, 1];
  const [blockWidth, blockHeight] = work.tile ?? [1, 1];
  const compression = work.isJpeg ? compressions.jpeg : compressions.deflate;
  const layout = { width, height, blockWidth, blockHeight, compression } as TiffLayout;
  const { count = 1, planes = 1, codedBytes = 0 } = work;
  const blocks = { count, planes, codedBytes: () => codedBytes } as Blocks;
  checkBlocks(layout, blocks, work.tablesBytes ?? 0, work.fileBytes ?? 0);
}

describe('checkBlocks', () => {
  it.each<[string, Work, Work, string]>([
    [
      'JPEG strips',
      { isJpeg: true, count: 4096 },
      { isJpeg: true, count: 4097 },
      'in 4097 strips or tiles; the limit is 4096',
    ],
    [
      'strips of all planes',
      { count: 2 ** 16, planes: 2 },
      { count: 2 ** 16 + 1, planes: 2 },
      'in 131074 strips or tiles; the limit is 131072',
    ],
    [
      'bytes in a small file',
      { codedBytes: 16_000_000, fileBytes: 9 },
      { codedBytes: 16_000_001, fileBytes: 9 },
      'whose strips or tiles have 16000001 bytes in a file of 9',
    ],
    [
      'bytes in a large file',
      { codedBytes: 20_000_000, fileBytes: 20_000_000 },
      { codedBytes: 20_000_001, fileBytes: 20_000_000 },
      'whose strips or tiles have 20000001 bytes in a file of 20000000',
    ],
    [
      'bytes of tables that each JPEG reads again',
      { count: 4000, tablesBytes: 3000, codedBytes: 4_000_000 },
      { count: 4000, tablesBytes: 3000, codedBytes: 4_000_001 },
      'whose strips or tiles have 16000001 bytes in a file of 0',
    ],
    [
      'pixels of the tiles of a small page',
      { count: 4, tile: [4096, 4096] },
      { count: 4, tile: [4096, 4097] },
      'of 1x1 in tiles of 4096x4097',
    ],
    [
      'pixels of the tiles of a large page',
      { page: [10_000, 10_000], count: 2, tile: [10_000, 10_000] },
      { page: [10_000, 10_000], count: 2, tile: [10_000, 10_001] },
      'of 10000x10000 in tiles of 10000x10001',
    ],
  ])('limits the %s', (_, most, more, message) => {
    expect(() => check(most)).not.toThrow();
    expect(() => check(more)).toThrow(
      new UnsupportedFormat(`TIFF ${message}; save it with strips of normal size, or as PNG`),
    );
  });
});
