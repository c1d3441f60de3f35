import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { assertFitsLambda, megabytes, TooLargeForLambda } from '../../layers/size.ts';

const limitBytes = 262_144_000;

let parent: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'bucketlens-size-'));
});
afterEach(() => rmSync(parent, { recursive: true }));

/** A folder with a file of so many bytes, which takes no room on the disk. */
function folderOf(name: string, bytes: number): string {
  const dir = join(parent, name);
  mkdirSync(dir);
  writeFileSync(join(dir, `${name}.bin`), '');
  truncateSync(join(dir, `${name}.bin`), bytes);
  return dir;
}

describe('assertFitsLambda', () => {
  it('gives the size of each folder when the function and its layers just fit', () => {
    const dirs = [
      folderOf('function', 1000),
      folderOf('runtime', 45_000_000),
      folderOf('model', limitBytes - 45_001_000),
    ];

    expect(assertFitsLambda(dirs)).toEqual([
      { name: 'function', bytes: 1000 },
      { name: 'runtime', bytes: 45_000_000 },
      { name: 'model', bytes: 217_143_000 },
    ]);
  });

  it('refuses one byte more, and names the largest files and the remedy', () => {
    const dirs = [
      folderOf('function', 1001),
      folderOf('runtime', 45_000_000),
      folderOf('model', limitBytes - 45_001_000),
    ];

    const refused = () => assertFitsLambda(dirs);

    expect(refused).toThrow(TooLargeForLambda);
    expect(refused).toThrow(/262144001 bytes unzipped; Lambda's limit is 262144000/);
    expect(refused).toThrow(/model\.bin \(217\.1 MB\).*runtime\.bin \(45\.0 MB\).*fp16/);
  });
});

describe('megabytes', () => {
  it.each([
    [45_828_512, '45.8 MB'],
    [0, '0.0 MB'],
  ])('writes %i bytes as %s', (bytes, text) => {
    expect(megabytes(bytes)).toBe(text);
  });
});
