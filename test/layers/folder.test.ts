import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { filesIn, writeFolder } from '../../layers/folder.ts';

let parent: string;
let folder: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'bucketlens-folder-'));
  folder = join(parent, 'out');
});
afterEach(() => rmSync(parent, { recursive: true }));

function contents(files: Record<string, string>) {
  return new Map(Object.entries(files).map(([path, text]) => [path, Buffer.from(text)]));
}

describe('writeFolder', () => {
  it('holds exactly what it was given, at any depth', () => {
    writeFolder(folder, contents({ 'a.txt': 'one', 'deep/er/b.txt': 'two' }));

    expect(filesIn(folder)).toEqual(['a.txt', 'deep/er/b.txt']);
    expect(readFileSync(join(folder, 'deep/er/b.txt'), 'utf8')).toBe('two');
  });

  it('removes files of an earlier build', () => {
    mkdirSync(join(folder, 'old'), { recursive: true });
    writeFileSync(join(folder, 'old/library.so'), 'old');

    writeFolder(folder, contents({ 'new.so': 'new' }));

    expect(filesIn(folder)).toEqual(['new.so']);
  });

  it('writes only files that differ, even where the size is the same', () => {
    const longAgo = new Date('2001-01-01');
    writeFolder(folder, contents({ same: 'same', changed: 'before' }));
    for (const name of ['same', 'changed']) utimesSync(join(folder, name), longAgo, longAgo);

    writeFolder(folder, contents({ same: 'same', changed: 'after!' }));

    expect(statSync(join(folder, 'same')).mtime).toEqual(longAgo);
    expect(statSync(join(folder, 'changed')).mtime).not.toEqual(longAgo);
    expect(readFileSync(join(folder, 'changed'), 'utf8')).toBe('after!');
  });

  it('leaves no temporary file, even if it fails', () => {
    mkdirSync(join(folder, 'taken'), { recursive: true });

    expect(() => writeFolder(folder, contents({ taken: 'a file where a folder stands' }))).toThrow();

    expect(readdirSync(parent)).toEqual(['out']);
  });
});

describe.skipIf(process.platform === 'win32')('writeFolder, under any umask', () => {
  const modeOf = (path: string) => statSync(join(folder, path)).mode & 0o777;
  const underUmask = (mask: number, write: () => void) => {
    const before = process.umask(mask);
    try {
      write();
    } finally {
      process.umask(before);
    }
  };

  it.each([0o077, 0o777, 0o022])('lets everybody read its files (%o)', (mask) => {
    mkdirSync(folder);
    underUmask(mask, () => writeFolder(folder, contents({ 'a.txt': 'one' })));

    expect(modeOf('a.txt') & 0o444).toBe(0o444);
  });

  it('lets everybody read the files of an earlier build', () => {
    writeFolder(folder, contents({ 'a.txt': 'one' }));
    chmodSync(join(folder, 'a.txt'), 0o700);

    writeFolder(folder, contents({ 'a.txt': 'one' }));

    expect(modeOf('a.txt')).toBe(0o744);
  });
});

describe('filesIn', () => {
  it('finds nothing if the folder does not exist', () => {
    expect(filesIn(join(parent, 'missing'))).toEqual([]);
  });
});
