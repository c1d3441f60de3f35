import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { start } from '../../support/run.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bucketlens-test-'));
});

afterEach(() => rm(folder, { recursive: true }));

describe('Ctrl-C', () => {
  it('leaves no partial array behind', async () => {
    // Standard input stays open, so that the command waits for the rest of the image.
    const child = start('tensor', ['-o', join(folder, 'cat.npy'), '-']);
    await vi.waitFor(async () => expect(await readdir(folder)).toHaveLength(1), { timeout: 10_000 });
    const exited = new Promise((resolve) => child.on('exit', resolve));
    child.kill('SIGINT');

    expect(await exited).toBe(130);
    expect(await readdir(folder)).toEqual([]);
  });
});
