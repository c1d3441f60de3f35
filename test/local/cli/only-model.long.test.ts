import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { describeChange } from '../../../local/cli/only-model.ts';
import { type AwsAnswer, type AwsServer, startAws, stubAws } from '../../support/aws/aws-server.ts';
import { run } from '../../support/run.ts';

// The CDK takes its time on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

let aws: AwsServer;
let answer: AwsAnswer;
/** An app that fails after it has written the context that it was given. */
let app: string;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bucketlens-only-model-'));
  const script = join(folder, 'app.mjs');
  writeFileSync(
    script,
    `console.error('CONTEXT ' + process.env.CDK_CONTEXT_JSON + ' REGION ' + process.env.AWS_REGION); process.exit(1);`,
  );
  app = `node ${script}`;
  aws = await startAws(() => answer);
  stubAws(aws, { CDK_DISABLE_CLI_TELEMETRY: 'true', CDK_DISABLE_VERSION_CHECK: 'true' });
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await aws.close();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  aws.requests.length = 0;
  answer = stackWith(settings);
});

const settings = {
  model: 'resnet50',
  prefix: 'a b=c/',
  suffixes: ['.jpg'],
  queue: { batchSize: 5 },
  topK: '3',
};

function stackWith(recorded: object | undefined): AwsAnswer {
  const value = JSON.stringify(recorded)?.replaceAll('"', '&quot;');
  const output =
    value && `<member><OutputKey>Settings</OutputKey><OutputValue>${value}</OutputValue></member>`;
  return xml(
    200,
    `<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>Bucketlens</StackName><Outputs>${output ?? ''}</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`,
  );
}

function xml(status: number, body: string): AwsAnswer {
  return { status, headers: { 'content-type': 'application/xml' }, body };
}

function deploy(...args: string[]) {
  return run('deploy', [...args, '--app', app, '--no-notices']);
}

describe('bucketlens deploy --only-model', () => {
  it('gives the CDK the recorded settings with the new model, and the region in which the stack is', async () => {
    const { stderr, exitCode } = await deploy('--only-model', 'efficientnet-lite0');

    const [, context, region] = stderr.match(/CONTEXT (.*) REGION (.*)/) ?? [];
    const given = JSON.parse(context ?? '{}')['bucketlens:settings'];
    expect(JSON.parse(given)).toEqual({ ...settings, model: 'efficientnet-lite0' });
    expect(region).toBe('eu-central-1');
    expect(new URLSearchParams(aws.requests[0]!.body).get('StackName')).toBe('Bucketlens');
    expect(exitCode).toBe(1);
    expect(stderr).not.toContain('The model is');
  });

  it('makes the path of a model folder absolute', async () => {
    const { stderr } = await deploy('--only-model', './layers/model/efficientnet-lite0');

    expect(stderr).toContain(
      `\\"model\\":\\"${join(import.meta.dirname, '../../../layers/model')}/efficient`,
    );
  });

  it.each([
    [
      'there is no stack',
      xml(
        400,
        '<ErrorResponse><Error><Code>ValidationError</Code><Message>Stack with id Bucketlens does not exist</Message></Error></ErrorResponse>',
      ),
      /^error: there is no stack Bucketlens in eu-central-1; choose another region or account with AWS_REGION and AWS_PROFILE, or create the stack: npx bucketlens deploy -c model=NAME\n$/,
    ],
    [
      'the stack has not recorded its settings',
      stackWith(undefined),
      /^error: the stack Bucketlens has not recorded its settings \(.*\); deploy it with all its settings instead: npx bucketlens deploy -c model=NAME -c …\n$/,
    ],
  ])('deploys nothing if %s', async (_, found, sentence) => {
    answer = found;

    const { stderr, exitCode } = await deploy('--only-model', 'efficientnet-lite0');

    expect(stderr).toMatch(sentence);
    expect(exitCode).toBe(1);
  });

  it('deploys nothing if there is no such model', async () => {
    const { stderr, exitCode } = await deploy('--only-model', 'no-such-model');

    expect(stderr).toMatch(/^error: no model no-such-model: .*build it: npx bucketlens model NAME\n$/);
    expect(exitCode).toBe(1);
  });

  it.each([
    [['-c', 'topK=3'], 'error: --only-model changes no setting but the model; '],
    [['--context=topK=3'], 'error: --only-model changes no setting but the model; '],
    [
      ['--profile', 'work'],
      'error: with --only-model, set AWS_PROFILE and AWS_REGION instead of --profile\n',
    ],
    [
      ['--region=eu-west-1'],
      'error: with --only-model, set AWS_PROFILE and AWS_REGION instead of --region\n',
    ],
  ])('refuses %j as wrong usage', async (more, sentence) => {
    const { stderr, exitCode } = await deploy('--only-model', 'efficientnet-lite0', ...more);

    expect(stderr).toContain(sentence);
    expect(aws.requests).toEqual([]);
    expect(exitCode).toBe(2);
  });
});

describe('bucketlens deploy', () => {
  it.each([
    [['-c', 'mdoel=efficientnet-lite0'], 1, 'mdoel is not a setting; did you mean model?'],
    [['-c', 'model'], 2, 'error: -c takes NAME=VALUE, and is given model'],
    [['--stack', 'X'], 2, 'error: deploy has no option --stack; write: -c bucketlens:stack=NAME'],
  ])('refuses %j before it downloads a network', async (args, code, sentence) => {
    vi.stubEnv('CDK_VALIDATION', 'false');

    const { stdout, stderr, exitCode } = await run('deploy', args);

    expect(stderr).toContain(sentence);
    expect(stderr).not.toContain('Nothing was deployed');
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: code });
  });
});

describe('describeChange', () => {
  it.each([
    ['dogs', 'cats', 'The model is now cats. To return to dogs: npx bucketlens deploy --only-model dogs'],
    ["/my dog's", 'cats', "To return to /my dog's: npx bucketlens deploy --only-model '/my dog'\\''s'"],
    ['cats', 'cats', 'The model is cats, as before.'],
  ])('says how to return from %s to %s', (before, after, expected) => {
    expect(describeChange(before, after)).toContain(expected);
  });
});
