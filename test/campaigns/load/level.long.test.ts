import { readdir } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { findFaults } from './faults.ts';
import { runLevel } from './level.ts';
import { type Library, readLibrary } from './library.ts';
import { figuresOf } from './report.ts';

let library: Library;

beforeAll(async () => {
  const images = await readdir('test/goldens/images');
  const few = images.filter((name) => /^(cat|bad|alpha|animated|grey16|tiff_lzw)/.test(name));
  library = await readLibrary(few.map((name) => `test/goldens/images/${name}`));
}, 60_000);

// Reads the processes' figures from /proc.
describe.skipIf(process.platform !== 'linux')('the local stack', () => {
  it('labels or rejects each of 30 uploads once, three at a time', { timeout: 300_000 }, async () => {
    const result = await runLevel(3, 30, library);

    expect(findFaults(result.observation)).toEqual([]);
    expect(figuresOf(result)).toMatchObject({ uploads: 30, broken: 2, failedAttempts: 0 });
  });
});
