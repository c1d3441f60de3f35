import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

// The CDK takes its time on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

const root = join(import.meta.dirname, '../../..');
const { app, context: flags } = JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8'));

let outDir: string;
beforeEach(() => {
  outDir = mkdtempSync(join(tmpdir(), 'bucketlens-app-'));
});
afterEach(() => rmSync(outDir, { recursive: true }));

/** Runs the app as `cdk synth` does, with no AWS account and no region. */
function synth(context: Record<string, string>, more: NodeJS.ProcessEnv = {}) {
  const [node, ...options] = app.split(' ');
  expect(node).toBe('node');
  const { AWS_REGION: _, AWS_PROFILE: __, ...env } = process.env;
  return spawnSync(process.execPath, options, {
    cwd: root,
    env: { ...env, CDK_OUTDIR: outDir, CDK_CONTEXT_JSON: JSON.stringify({ ...flags, ...context }), ...more },
    encoding: 'utf8',
  });
}

function outputs() {
  return JSON.parse(readFileSync(join(outDir, 'Bucketlens.template.json'), 'utf8')).Outputs;
}

function recordedSettings() {
  return JSON.parse(outputs().Settings.Value);
}

const everything = {
  versioned: 'true',
  removalPolicy: 'destroy',
  autoDeleteObjects: 'true',
  prefix: 'photos/',
  suffixes: '.jpg,.png',
  trigger: 'sqs',
  'queue.batchSize': '50',
  'queue.maxBatchingWindow': '20',
  'queue.maxConcurrency': '5',
  reservedConcurrency: '20',
  tracing: 'true',
  writeBack: 'annotation,tags',
  queryable: 'true',
  notifyEmail: 'me@example.com',
  alarmEmail: 'ops@example.com',
};

describe('the app', () => {
  it('prints the sizes of the function and its layers to stderr and leaves stdout to the CDK', () => {
    const { status, stdout, stderr } = synth({ architecture: 'x86_64', model: 'efficientnet-lite0' });

    expect(stderr).toMatch(
      /^function: \d\.\d MB\nruntime-linux-x64: \d\d\.\d MB\nmodel-efficientnet-lite0: 9\.4 MB\n$/,
    );
    expect(stdout).toBe('');
    expect(status).toBe(0);
    expect(readdirSync(outDir)).toContain('Bucketlens.template.json');
  });

  it('outputs the settings as they were given, with the model that is deployed', () => {
    synth({ model: 'resnet101', ...everything });

    expect(recordedSettings()).toEqual({ model: 'efficientnet-lite0', ...everything });
  });

  it('deploys the settings of bucketlens:settings and no others', () => {
    const settings = {
      model: 'efficientnet-lite0',
      trigger: 'sqs',
      prefix: 'a=b/',
      suffixes: ['.jpg'],
      queue: { batchSize: 5 },
    };

    const { status } = synth({
      model: 'resnet50',
      topK: '3',
      'bucketlens:settings': JSON.stringify(settings),
    });

    expect(status).toBe(0);
    expect(recordedSettings()).toEqual(settings);
    expect(outputs()).toMatchObject({ KeyPrefix: { Value: 'a=b/' }, KeySuffixes: { Value: '.jpg' } });
  });

  it('prints nothing where deploy only checks the settings, unless one is wrong', () => {
    const check = { model: 'resnet101', 'bucketlens:check': 'true' };

    expect(synth(check)).toMatchObject({ status: 0, stdout: '', stderr: '' });
    expect(synth({ ...check, topK: '0' }).stderr).toContain('topK');
  });

  it('uses the embedded network, and says so, when the configured one is not built yet', () => {
    const { status, stderr } = synth({ model: 'resnet101' });

    expect(stderr).toMatch(
      /^resnet101 is not built yet; using the embedded efficientnet-lite0 instead\. To build it: /,
    );
    expect(stderr).toContain('model-efficientnet-lite0: ');
    expect(status).toBe(0);
  });

  it('synthesizes a valid template with every option enabled', () => {
    const { status, stderr } = synth(
      { model: 'efficientnet-lite0', ...everything },
      { CDK_VALIDATION: 'true' },
    );

    expect(stderr).toMatch(/^function: .*\nruntime-linux-arm64: .*\nmodel-efficientnet-lite0: .*\n$/);
    expect(status).toBe(0);
  });

  it('fails for an unknown network', () => {
    const { status, stderr } = synth({ model: 'nothing' });

    expect(stderr).toMatch(/^InvalidModel: no model nothing: /);
    expect(status).toBe(1);
  });

  it('prints an invalid setting in one line', () => {
    const { status, stderr } = synth({ model: 'efficientnet-lite0', architecture: 'arm' });

    expect(stderr).toBe("InvalidSetting: architecture is 'arm'; it takes arm64 or x86_64\n");
    expect(status).toBe(1);
  });
});
