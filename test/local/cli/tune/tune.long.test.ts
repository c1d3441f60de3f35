import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type AwsServer, startAws, stubAws } from '../../../support/aws/aws-server.ts';
import { run } from '../../../support/run.ts';

let aws: AwsServer;
let hasStack = false;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bucketlens-test-'));
  writeFileSync(join(folder, 'photo.jpg'), 'photo');
  aws = await startAws(() => ({
    status: hasStack ? 200 : 400,
    headers: { 'content-type': 'application/xml' },
    body: hasStack
      ? '<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>BucketlensTune-arm64</StackName></member></Stacks></DescribeStacksResult></DescribeStacksResponse>'
      : '<ErrorResponse><Error><Code>ValidationError</Code><Message>Stack with id BucketlensTune-arm64 does not exist</Message></Error></ErrorResponse>',
  }));
  stubAws(aws);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await aws.close();
  rmSync(folder, { recursive: true });
});

describe('tune', () => {
  it('spends nothing without being told to: it prints the plan, and asks for --yes', async () => {
    const { stdout, stderr, exitCode } = await run('tune', [
      '--photos',
      folder,
      '--memory',
      '2048,1024',
      '--architecture',
      'arm64',
    ]);

    expect(exitCode).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain('Deploys BucketlensTune-arm64 in eu-central-1');
    expect(stderr).toMatch(/1 photo .*2 rows, 71 invocations/);
    expect(stderr).toMatch(/Costs at most about \$0\.\d\d/);
    expect(stderr).toContain('add --yes');
    expect(aws.requests.map(({ method }) => method)).toEqual(['POST']);
  });

  it('leaves a stack of another run alone', async () => {
    hasStack = true;
    const { stderr, exitCode } = await run('tune', ['--yes']);
    hasStack = false;

    expect(exitCode).toBe(1);
    expect(stderr).toContain('the stack BucketlensTune-arm64 is there already');
    expect(stderr).toContain('npx bucketlens tune --remove');
  });

  it.each([
    [['--svg', 'cat.png'], 'Expected the name of an .svg file'],
    [['--svg', 'nowhere/tune.svg'], 'There is no folder nowhere'],
    [['--memory', '100'], 'Expected whole numbers of MB from 512 to 10240'],
    [['--architecture', 'arm'], 'Expected arm64, x86_64 or both'],
    [['--cold', '0'], 'Expected a number from 1 to 9999'],
    [['-c', 'architecture=arm64'], 'use --architecture'],
    [['-c', 'alarms=true'], 'leave it out'],
    [['-c', 'bucketName=my-photos'], 'takes no bucketName; leave it out'],
    [['-c', 'topicArn=arn:aws:sns:eu-central-1:1:x'], 'takes no topicArn'],
  ])('refuses %j, and says what it takes', async (args, sentence) => {
    const { stderr, exitCode } = await run('tune', args);

    expect(exitCode).toBe(2);
    expect(stderr).toContain(sentence);
  });

  it('names the models if there is none of that name', async () => {
    const { stderr, exitCode } = await run('tune', ['--model', 'doggos', '--yes']);

    expect(exitCode).toBe(1);
    expect(stderr).toContain('no model doggos');
    expect(stderr).toContain('efficientnet-lite0');
  });
});
