import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultLimits } from '../../../../functions/classify/image/limits.ts';
import { findFiles, readBytes } from '../../../../local/cli/images/files.ts';

const isWindows = process.platform === 'win32';
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bucketlens-test-'));
});

afterEach(() => rm(folder, { recursive: true }));

describe('findFiles on a folder', () => {
  it.skipIf(isWindows)('includes linked files and broken links', async () => {
    await mkdir(join(folder, 'below'));
    await writeFile(join(folder, 'below', 'cat.jpg'), 'miaow');
    await symlink(join(folder, 'below', 'cat.jpg'), join(folder, 'linked.jpg'));
    await symlink(join(folder, 'nothing'), join(folder, 'lost.jpg'));
    // Following this link would never end.
    await symlink(folder, join(folder, 'itself'));

    const files = await findFiles([folder]);

    expect(files).toEqual(['below/cat.jpg', 'linked.jpg', 'lost.jpg'].map((name) => join(folder, name)));
    expect(Buffer.from(await readBytes(join(folder, 'linked.jpg'))).toString()).toBe('miaow');
    await expect(readBytes(join(folder, 'lost.jpg'))).rejects.toMatchObject({ name: 'FileNotFound' });
  });

  it.skipIf(isWindows || process.getuid?.() === 0)(
    'lists the other files when a folder among them is not readable',
    async () => {
      const locked = join(folder, 'locked');
      await mkdir(locked);
      await writeFile(join(folder, 'cat.jpg'), 'miaow');
      await chmod(locked, 0);

      const files = await findFiles([folder]);

      expect(files).toEqual([join(folder, 'cat.jpg'), locked]);
      await expect(readBytes(locked)).rejects.toMatchObject({ name: 'FileNotReadable' });
    },
  );

  it('keeps an empty folder, which readBytes then reports', async () => {
    const files = await findFiles([folder]);

    expect(files).toEqual([folder]);
    await expect(readBytes(folder)).rejects.toThrow(`the folder ${folder} has no files`);
  });
});

describe.skipIf(isWindows)('readBytes on a named pipe', () => {
  let pipe: string;

  beforeEach(() => {
    pipe = join(folder, 'pipe');
    execFileSync('/usr/bin/env', ['mkfifo', pipe]);
  });

  it('reads it, although its size is unknown', async () => {
    const [bytes] = await Promise.all([readBytes(pipe), writeFile(pipe, 'miaow')]);

    expect(Buffer.from(bytes).toString()).toBe('miaow');
  });

  it('stops reading as soon as it exceeds the limit', async () => {
    const written = writeFile(pipe, Buffer.alloc(defaultLimits.maxBytes + 1_000_000));

    await expect(Promise.all([readBytes(pipe), written.catch(() => {})])).rejects.toMatchObject({
      name: 'ImageTooLarge',
    });
    await expect(written).rejects.toMatchObject({ code: 'EPIPE' });
  });
});
