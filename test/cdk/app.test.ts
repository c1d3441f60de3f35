import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const { app } = JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8'));

let outDir: string;
beforeEach(() => {
  outDir = mkdtempSync(join(tmpdir(), 'bucketlens-app-'));
});
afterEach(() => rmSync(outDir, { recursive: true }));

/** Runs the app as `cdk synth` does, with no AWS account and no region. */
const synth = (context: Record<string, string> = {}) => {
  const [node, ...options] = app.split(' ');
  expect(node).toBe('node');
  const { AWS_REGION: _, AWS_PROFILE: __, ...env } = process.env;
  return spawnSync(process.execPath, options, {
    cwd: root,
    env: { ...env, CDK_OUTDIR: outDir, CDK_CONTEXT_JSON: JSON.stringify(context) },
    encoding: 'utf8',
  });
};

describe('the app', () => {
  it('prints the size of the function and of each layer to stderr, and leaves stdout to CDK', () => {
    const { status, stdout, stderr } = synth({ architecture: 'x86_64' });

    expect(stderr).toMatch(
      /^function: \d\.\d MB\nruntime-linux-x64: \d\d\.\d MB\nmodel-efficientnet-lite0: 9\.4 MB\n$/,
    );
    expect(stdout).toBe('');
    expect(status).toBe(0);
    expect(readdirSync(outDir)).toContain('Bucketlens.template.json');
  });

  it('says what is wrong in one line', () => {
    const { status, stderr } = synth({ architecture: 'arm' });

    expect(stderr).toBe('InvalidSetting: -c architecture=arm: architecture takes arm64 or x86_64\n');
    expect(status).toBe(1);
  });
});
