import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type FeedAws, failure, startFeedAws } from '../../../support/aws/aws-feed.ts';
import { stubAws } from '../../../support/aws/aws-server.ts';
import { run, start } from '../../../support/run.ts';
import { follow } from '../../../support/watch-process.ts';
import { deployment } from './fake-target.ts';

const { KeySuffixes: _, ...outputs } = deployment;

let aws: FeedAws;

/** Denies every request to S3, Lambda and CloudWatch, whose operations have no names here. */
const denied = { status: 403, headers: { 'x-amzn-errortype': 'AccessDeniedException' } };

beforeEach(async () => {
  aws = await startFeedAws(
    Object.fromEntries(Object.entries(outputs).map(([name, text]) => [name, String(text)])),
  );
  // An S3 client puts the bucket into the name of any other host.
  stubAws({ url: aws.url.replace('localhost', '127.0.0.1') });
  aws.faults.set('null', () => denied);
  for (const operation of ['FilterLogEvents', 'GetQueueAttributes'])
    aws.faults.set(operation, () => failure(403, 'AccessDeniedException'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await aws.close();
});

function expectNothingLeft() {
  expect([...aws.rules.keys()]).toEqual([]);
  expect([...aws.queues.keys()]).toEqual([]);
}

describe('npm run verify', () => {
  it('cannot tell anything without rights, and is not to be blamed for it', async () => {
    const { stdout, exitCode } = await run('verify', ['opt-out', '--json']);

    const { checks, target } = JSON.parse(stdout);
    expect(checks).toEqual([
      expect.objectContaining({ check: 'labels-arrive', outcome: 'could not tell' }),
      expect.objectContaining({ check: 'opt-out', outcome: 'could not tell' }),
    ]);
    expect(checks[0].answered).toMatch(/^AWS denies access to these credentials/);
    expect(target).toBe('AWS');
    expect(stdout).not.toMatch(/123456789012|photos|arn:/);
    // The objects could not be listed, and so not be removed.
    expect(exitCode).toBe(1);
    expectNothingLeft();
  });

  it('creates a rule for its own objects only, and a queue of the same name', async () => {
    const { stderr } = await run('verify', ['opt-out', '--keep']);

    const [{ Name, EventPattern, Description }] = aws.sentTo('PutRule');
    expect(Description).toBe('Temporary: created by bucketlens verify');
    expect(JSON.parse(EventPattern).detail.key).toEqual([{ prefix: `in/${Name}/` }]);
    expect(aws.sentTo('CreateQueue')).toMatchObject([{ QueueName: Name }]);
    expect(stderr).toContain(`verifying photos with objects below in/${Name}/`);
    expect(stderr).toContain(`aws s3 rm --recursive 's3://photos/in/${Name}/'`);
    expectNothingLeft();
  });

  it('goes on without events if it may not create a queue', async () => {
    aws.faults.set('CreateQueue', () =>
      failure(403, 'AccessDeniedException', 'not authorized: sqs:CreateQueue'),
    );

    const { stdout } = await run('verify', ['one-event', '--keep', '--json']);

    expect(JSON.parse(stdout).checks.at(-1)).toMatchObject({
      check: 'one-event',
      outcome: 'could not tell',
      answered: expect.stringMatching(/^prediction events cannot be received: .*sqs:CreateQueue/),
    });
  });

  it('removes its rule and its queue on Ctrl-C', async () => {
    const making = aws.hold('PutTargets');
    const verify = follow(start('verify', ['opt-out']));
    await making.begins();
    verify.child.kill('SIGINT');
    await verify.until(() => verify.stderr().includes('removing everything'));
    making.release();

    expect(await verify.ended).toBe(130);
    expectNothingLeft();
  });

  it('removes the rule and the queue of a run that was killed', async () => {
    aws.queues.set('bucketlens-verify-dead', {
      attributes: {},
      tags: {
        'bucketlens:event-bus': 'labels',
        'bucketlens:alive-at': new Date(Date.now() - 16 * 60_000).toISOString(),
      },
      messages: [],
    });

    const { stderr } = await run('verify', ['opt-out']);

    expect(stderr).toContain(
      'removed the rule and queue bucketlens-verify-dead, left behind by an earlier run',
    );
    expectNothingLeft();
  });

  it.each([
    ['a check that does not exist', ['no-such-check'], /There is no such check/, 2],
    ['a stack that does not exist', ['--stack', 'Mine'], /^error: there is no stack Mine/, 1],
  ])('refuses %s', async (_, args, message, code) => {
    const { stderr, exitCode } = await run('verify', args);

    expect(stderr).toMatch(message);
    expect(exitCode).toBe(code);
  });
});
