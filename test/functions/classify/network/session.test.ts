import { execFile } from 'node:child_process';
import { mkdtemp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

it('writes nothing into the home folder and sends no telemetry', async () => {
  const home = await mkdtemp(join(tmpdir(), 'bucketlens-home-'));
  const program = `
    import { openSession } from './functions/classify/network/session.ts';
    const session = await openSession('layers/model/efficientnet-lite0/efficientnet-lite0-fp16.onnx');
    await session.release();`;

  await promisify(execFile)(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
    env: { ...process.env, HOME: home, XDG_CACHE_HOME: '' },
  });

  expect(await readdir(home)).toEqual([]);
});
