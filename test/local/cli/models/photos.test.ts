import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { findPhotos } from '../../../../local/cli/models/photos.ts';
import { temporaryFolder } from '../../../layers/model/fixtures.ts';

const folder = temporaryFolder();

describe('the photos of --calibrate', () => {
  it('are all files of the folder and its subfolders, in a fixed order', async () => {
    mkdirSync(join(folder, 'cats'));
    for (const name of ['dog.jpg', 'cats/2.jpg', 'cats/1.jpg']) writeFileSync(join(folder, name), name);

    const { files, read } = await findPhotos(folder);

    expect(files).toEqual(['cats/1.jpg', 'cats/2.jpg', 'dog.jpg'].map((name) => join(folder, name)));
    expect(Buffer.from(await read(files[0]!)).toString()).toBe('cats/1.jpg');
  });

  it('are missed in an empty folder, and in one that does not exist', async () => {
    const [empty, missing] = [join(folder, 'empty'), join(folder, 'missing')];
    mkdirSync(empty);

    await expect(findPhotos(empty)).rejects.toThrow(`the folder ${empty} has no files`);
    await expect(findPhotos(missing)).rejects.toThrow(`there is no file ${missing}`);
  });

  it('are not read from standard input', async () => {
    expect((await findPhotos('-')).files).toEqual(['-']);
  });

  it('names a file that cannot be used on standard error', async () => {
    const printed = vi.spyOn(console, 'error').mockImplementation(() => {});

    (await findPhotos(folder)).onSkipped('notes.txt', new TypeError('no image'));

    expect(printed.mock.calls).toEqual([['notes.txt: TypeError: no image']]);
    printed.mockRestore();
  });
});
