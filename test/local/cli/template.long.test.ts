import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { buildArtefacts } from '../../../cdk/constructs/artefacts.ts';
import { filesIn } from '../../../layers/folder.ts';
import { run } from '../../support/run.ts';

// The CDK takes most of a minute on a busy machine.
vi.setConfig({ testTimeout: 240_000 });

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bucketlens-test-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('template', () => {
  it('writes what `deploy` deploys, with paths in place of the CDK', async () => {
    const output = join(folder, 'stack');
    const settings = ['-c', 'model=efficientnet-lite0', '-c', 'bucketName=my-photos'];
    const { stdout, stderr, exitCode } = await run('template', ['-o', output, '--json', ...settings]);

    expect(exitCode, stderr).toBe(0);
    const { template, assets } = JSON.parse(stdout);
    const { Resources: resources, ...sections } = JSON.parse(readFileSync(template, 'utf8'));
    expect(sections).not.toHaveProperty('Parameters');
    expect(JSON.stringify(sections)).not.toContain('bootstrap');
    expect(JSON.stringify(resources)).toContain('my-photos');
    const clone = buildArtefacts({ arch: 'arm64', model: 'efficientnet-lite0' });
    const written = assets.map((path: string) => filesIn(join(output, path)).join());
    for (const dir of [clone.functionDir, clone.runtimeLayerDir, clone.modelLayerDir]) {
      expect(written).toContain(filesIn(dir).join());
    }
  });

  it('passes on the reason of a setting that is refused', async () => {
    const { stdout, stderr, exitCode } = await run('template', ['-o', join(folder, 'x'), '-c', 'topK=many']);

    expect(stderr).toMatch(/InvalidSetting: .*topK/);
    expect(stdout).toBe('');
    expect(exitCode).toBe(1);
  });

  it('keeps the files of a folder that is not empty', async () => {
    writeFileSync(join(folder, 'mine.txt'), 'mine');
    const { stderr, exitCode } = await run('template', ['-o', folder]);

    expect(stderr).toContain('is not empty; name a new folder');
    expect(exitCode).toBe(1);
    expect(filesIn(folder)).toEqual(['mine.txt']);
  });
});
