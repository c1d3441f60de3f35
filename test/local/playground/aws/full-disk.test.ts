import fs, { symlink } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { CopyObjectCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openLog } from '../../../../local/playground/aws/log-file.ts';
import { type LocalS3, startLocalS3 } from '../../../support/local-s3.ts';
import { temporaryFolder } from '../../../support/playground-process.ts';

let local: LocalS3;

beforeEach(async () => {
  local = await startLocalS3();
});
afterEach(async () => {
  vi.restoreAllMocks();
  syncBuiltinESMExports();
  await local.close();
});

/** Fails the last write of each request, of its metadata. */
function fillDisk(): void {
  const error = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
  vi.spyOn(fs, 'writeFile').mockRejectedValue(error);
  syncBuiltinESMExports();
}

const object = { Bucket: 'uploads', Key: 'cat.jpg' };

describe('a full disk', () => {
  it.each([
    ['an upload', new PutObjectCommand({ ...object, Body: 'new' })],
    [
      'a write-back',
      new CopyObjectCommand({
        ...object,
        CopySource: 'uploads/cat.jpg',
        MetadataDirective: 'REPLACE',
        Metadata: { labels: 'cat=0.9' },
      }),
    ],
  ])('refuses %s with 507, and leaves the object and the server as they were', async (_, command) => {
    await local.s3.send(new PutObjectCommand({ ...object, Body: 'old', Metadata: { is: 'old' } }));
    fillDisk();

    await expect(local.s3.send(command as PutObjectCommand)).rejects.toMatchObject({
      name: 'InsufficientStorage',
      $metadata: { httpStatusCode: 507 },
    });

    const { Body, Metadata } = await local.s3.send(new GetObjectCommand(object));
    expect(await Body!.transformToString()).toBe('old');
    expect(Metadata).toEqual({ is: 'old' });
    expect(local.created).toHaveLength(1);
  });

  it.runIf(process.platform === 'linux')('drops lines of the log without stopping its writer', async () => {
    const folder = await temporaryFolder();
    await symlink('/dev/full', join(folder.path, 'function.log'));
    const output = new PassThrough();
    output.pipe(await openLog(join(folder.path, 'function.log')));

    output.write('a'.repeat(100_000));
    output.write('b'.repeat(100_000));

    await vi.waitFor(() => expect(output.readableLength).toBe(0));
    await sleep(10);
    await folder.remove();
  });
});
