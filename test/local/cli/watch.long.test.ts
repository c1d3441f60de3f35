import { spawn } from 'node:child_process';
import { SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readEvents } from '../../../local/cli/aws/feed-events.ts';
import { type FeedAws, failure, startFeedAws } from '../../support/aws/aws-feed.ts';
import { stubAws } from '../../support/aws/aws-server.ts';
import { repository, run, start } from '../../support/run.ts';
import { checkWatch, follow, startWatch } from '../../support/watch-process.ts';

const outputs = {
  BucketName: 'photos',
  FunctionArn: 'arn:aws:lambda:eu-central-1:123456789012:function:Labels',
  BackfillRoleArn: 'arn:aws:iam::123456789012:role/Backfill',
  BackfillReportsBucketName: 'reports',
  EventBusName: 'default',
};

function event(id: string, detailType: string, detail: object) {
  return {
    version: '0',
    id,
    'detail-type': detailType,
    source: 'bucketlens',
    time: '2026-03-01T10:20:30Z',
    detail: { bucket: 'photos', ...detail },
  };
}
const classified = event('1', 'Image Classified', {
  key: 'cat.png',
  predictions: [
    { index: 282, id: 'n02123159', label: 'tiger_cat', score: 0.4092 },
    { index: 285, id: 'n02124075', label: 'Egyptian_cat', score: 0.3394 },
  ],
  general: { id: 'n02121620', label: 'cat', score: 0.9323 },
  writeBack: 'written',
});
const rejected = event('2', 'Image Rejected', {
  key: 'a.txt',
  error: { name: 'UnsupportedFormat', message: 'it is text' },
});
const skipped = event('3', 'Image Skipped', { key: 'mine.jpg' });

let aws: FeedAws;

async function startWith(changed: Readonly<Record<string, string>> = {}): Promise<void> {
  aws = await startFeedAws({ ...outputs, ...changed });
  stubAws(aws, { TZ: 'UTC' });
}

beforeEach(() => startWith());
afterEach(async () => {
  vi.unstubAllEnvs();
  await aws.close();
});

function lines(text: string) {
  return text.split('\n').filter((line) => line !== '');
}

function expectNothingLeft() {
  expect([...aws.rules.keys()]).toEqual([]);
  expect([...aws.queues.keys()]).toEqual([]);
}

describe('npm run watch', () => {
  it('prints a line for each event with the time of its publication', async () => {
    const watch = await startWatch();
    for (const each of [classified, rejected, skipped, event('4', 'Image Admired', { key: 'b' })])
      aws.deliver(each);
    await watch.until(() => lines(watch.stdout()).length === 4);
    watch.child.kill('SIGINT');

    expect(await watch.ended).toBe(0);
    expect(lines(watch.stdout())).toEqual([
      '10:20:30  photos/cat.png  tiger_cat 40.9 %, Egyptian_cat 33.9 %, in general cat 93.2 %',
      '10:20:30  photos/a.txt  rejected, UnsupportedFormat: it is text',
      '10:20:30  photos/mine.jpg  skipped: its owner opted out',
      expect.stringMatching(/^10:20:30 {2}unknown event: \{.*"Image Admired"/),
    ]);
  });

  it('prints with --json whole events, one per line, and nothing else on stdout', async () => {
    const watch = await startWatch(['--json']);
    aws.deliver(classified);
    aws.deliver(rejected);
    await watch.until(() => lines(watch.stdout()).length === 2);
    watch.child.kill('SIGINT');
    await watch.ended;

    expect(lines(watch.stdout()).map((line) => JSON.parse(line))).toEqual([classified, rejected]);
  });

  it('prints an event that is delivered twice once, and deletes both messages', async () => {
    const watch = await startWatch();
    aws.deliver(classified);
    await watch.until(() => lines(watch.stdout()).length === 1);
    aws.deliver(classified);
    aws.deliver(rejected);
    await watch.until(() => lines(watch.stdout()).length === 2);
    const [queue] = aws.queues.values();
    await aws.until(() => queue!.messages.length === 0);
    watch.child.kill('SIGINT');
    await watch.ended;

    expect(watch.stdout()).toMatch(/cat\.png.*\n.*a\.txt.*\n$/);
  });

  it("subscribes to its own stack's events only", async () => {
    await aws.close();
    await startWith({ KeyPrefix: 'in/' });
    const watch = await startWatch();
    const [rule] = aws.rules.values();
    watch.child.kill('SIGINT');
    await watch.ended;

    expect(JSON.parse(rule!.pattern)).toEqual({
      source: ['bucketlens'],
      detail: { bucket: ['photos'], key: [{ prefix: 'in/' }] },
    });
    expect(watch.stderr()).toContain('watching photos/in/');
  });

  it.each([
    ['default', ''],
    ['labels', 'labels/'],
    ['arn:aws:events:eu-central-1:123456789012:event-bus/labels', 'labels/'],
  ])(
    'creates an encrypted queue that accepts messages of its rule on the bus %s only, over TLS',
    async (bus, path) => {
      await aws.close();
      await startWith({ EventBusName: bus });
      const watch = await startWatch();
      const [name] = [...aws.queues.keys()] as [string];
      const { attributes } = aws.queues.get(name)!;
      watch.child.kill('SIGINT');
      await watch.ended;

      const queueArn = `arn:aws:sqs:eu-central-1:123456789012:${name}`;
      const ruleArn = `arn:aws:events:eu-central-1:123456789012:rule/${path}${name}`;
      expect(aws.sentTo('PutRule')).toEqual([expect.objectContaining({ Name: name, EventBusName: bus })]);
      expect(aws.sentTo('PutTargets')).toEqual([
        { Rule: name, EventBusName: bus, Targets: [{ Id: 'queue', Arn: queueArn }] },
      ]);
      expect(attributes.SqsManagedSseEnabled).toBe('true');
      expect(JSON.parse(attributes.Policy!).Statement).toEqual([
        {
          Effect: 'Allow',
          Principal: { Service: 'events.amazonaws.com' },
          Action: 'sqs:SendMessage',
          Resource: queueArn,
          Condition: { ArnEquals: { 'aws:SourceArn': ruleArn } },
        },
        {
          Effect: 'Deny',
          Principal: '*',
          Action: 'sqs:SendMessage',
          Resource: queueArn,
          Condition: { ArnNotEquals: { 'aws:SourceArn': ruleArn } },
        },
        {
          Effect: 'Deny',
          Principal: '*',
          Action: 'sqs:*',
          Resource: queueArn,
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        },
      ]);
      expectNothingLeft();
    },
  );
});

describe('npm run watch removes its rule and its queue', () => {
  it('on Ctrl-C', async () => {
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    const clientOptions = { endpoint: aws.url, region: 'eu-central-1', credentials };
    const upload = async () => aws.deliver(classified);

    await checkWatch({ environment: process.env, clientOptions, upload }, 'cat.png');
    expectNothingLeft();
  });

  it.each(['SIGTERM', 'SIGHUP'] as const)('on %s', async (signal) => {
    const watch = await startWatch();
    watch.child.kill(signal);

    expect(await watch.ended).toBe(0);
    expectNothingLeft();
  });

  it('on a repeated Ctrl-C', async () => {
    const removal = aws.hold('RemoveTargets');
    const watch = await startWatch();
    watch.child.kill('SIGINT');
    await removal.begins();
    watch.child.kill('SIGINT');
    removal.release();

    expect(await watch.ended).toBe(0);
    expectNothingLeft();
  });

  it('on Ctrl-C while they are being created', async () => {
    const making = aws.hold('PutRule');
    const watch = follow(start('watch', []));
    await making.begins();
    watch.child.kill('SIGINT');
    await watch.until(() => watch.stderr().includes('removing'));
    making.release();

    expect(await watch.ended).toBe(0);
    expectNothingLeft();
  });

  it('when npm ends without forwarding the signal', async () => {
    const shell = spawn('sh', ['-c', `'${process.execPath}' bin/bucketlens.js watch; true`], {
      cwd: repository,
      env: { ...process.env, npm_lifecycle_event: 'watch' },
    });
    const watch = follow(shell);
    await watch.until(() => watch.stderr().includes('press Ctrl-C to stop'));
    shell.kill('SIGTERM');
    await watch.ended;

    expectNothingLeft();
  });

  it('when the reader of its output ends', async () => {
    const watch = await startWatch();
    watch.child.stdout.destroy();
    aws.deliver(classified);

    expect(await watch.ended).toBe(0);
    expectNothingLeft();
  });

  it('on an error', async () => {
    aws.faults.set('ReceiveMessage', () =>
      failure(403, 'AccessDenied', 'not authorized to perform: sqs:ReceiveMessage'),
    );

    const { stderr, exitCode } = await run('watch', []);

    expect(stderr).toMatch(
      /\nerror: AWS denies access to these credentials \(AccessDenied: .*sqs:ReceiveMessage\)\n$/,
    );
    expect(exitCode).toBe(1);
    expectNothingLeft();
  });

  it.each(['PutRule', 'PutTargets'])('when %s fails', async (operation) => {
    aws.faults.set(operation, () =>
      failure(403, 'AccessDeniedException', `not authorized to perform: events:${operation}`),
    );

    const { stderr, exitCode } = await run('watch', []);

    expect(stderr).toMatch(new RegExp(`^error: AWS denies .*events:${operation}\\)\n$`));
    expect(exitCode).toBe(1);
    expectNothingLeft();
  });

  it('when EventBridge refuses the target', async () => {
    const refused = { TargetId: 'queue', ErrorCode: 'LimitExceeded', ErrorMessage: 'too many' };
    aws.faults.set('PutTargets', () => ({ body: JSON.stringify({ FailedEntries: [refused] }) }));

    const { stderr, exitCode } = await run('watch', []);

    expect(stderr).toBe('error: EventBridge refused the queue as a target: LimitExceeded: too many\n');
    expect(exitCode).toBe(1);
    expectNothingLeft();
  });

  it('or prints the commands that remove them', async () => {
    aws.faults.set('DeleteRule', () =>
      failure(403, 'AccessDeniedException', 'not authorized to perform: events:DeleteRule'),
    );
    const watch = await startWatch();
    const [name] = [...aws.queues.keys()] as [string];
    watch.child.kill('SIGINT');

    expect(await watch.ended).toBe(1);
    expect(lines(watch.stderr()).slice(2)).toEqual([
      expect.stringMatching(
        `^error: could not remove the temporary rule and queue ${name} \\(.*events:DeleteRule`,
      ),
      `aws events remove-targets --region eu-central-1 --event-bus-name default --rule ${name} --ids queue`,
      `aws events delete-rule --region eu-central-1 --event-bus-name default --name ${name}`,
      `aws sqs delete-queue --region eu-central-1 --queue-url "$(aws sqs get-queue-url --region eu-central-1 --queue-name ${name} --query QueueUrl --output text)"`,
    ]);
    // A later run finds the rule by its queue.
    expect([...aws.queues.keys()]).toEqual([name]);
  });
});

describe('npm run watch and the feeds of other runs', () => {
  const leave = (name: string, tags: Record<string, string>) => {
    aws.queues.set(name, { attributes: {}, tags, messages: [] });
    aws.rules.set(name, { eventBus: 'labels', pattern: '{}', target: 'arn' });
  };
  const ago = (minutes: number) => ({
    'bucketlens:event-bus': 'labels',
    'bucketlens:alive-at': new Date(Date.now() - minutes * 60_000).toISOString(),
  });

  it('removes abandoned feeds, but not feeds in use or queues of other origin', async () => {
    leave('bucketlens-watch-dead', ago(16));
    leave('bucketlens-watch-live', ago(14));
    leave('bucketlens-watch-of-somebody', {});
    const watch = await startWatch();
    watch.child.kill('SIGINT');
    await watch.ended;

    expect(watch.stderr()).toMatch(/^removed bucketlens-watch-dead, left behind by an earlier run\n/);
    expect([...aws.queues.keys()]).toEqual(['bucketlens-watch-live', 'bucketlens-watch-of-somebody']);
    expect([...aws.rules.keys()]).toEqual(['bucketlens-watch-live', 'bucketlens-watch-of-somebody']);
    expect(aws.sentTo('DeleteRule')[0]).toEqual({ EventBusName: 'labels', Name: 'bucketlens-watch-dead' });
  });

  it('names a feed that it cannot remove, and goes on', async () => {
    leave('bucketlens-watch-dead', ago(16));
    aws.faults.set('RemoveTargets', () => failure(403, 'AccessDeniedException'));
    const watch = await startWatch();
    aws.faults.clear();
    aws.deliver(classified);
    await watch.until(() => watch.stdout() !== '');
    watch.child.kill('SIGINT');
    await watch.ended;

    expect(watch.stderr()).toMatch(
      /^error: could not remove the temporary rule and queue bucketlens-watch-dead/,
    );
    expect(watch.stderr()).toContain('aws events delete-rule --region eu-central-1 --event-bus-name labels');
  });

  it('refreshes the alive-at tag every five minutes', async () => {
    leave('bucketlens-watch-live', ago(0));
    const sqs = new SQSClient({ useQueueUrlAsEndpoint: false });
    const events = readEvents(
      sqs,
      `${aws.url}/123456789012/bucketlens-watch-live`,
      new AbortController().signal,
    );
    const startedAt = Date.now();
    vi.useFakeTimers({ toFake: ['Date'] });
    const told: number[] = [];
    for (const minutes of [0, 4, 6, 9, 12, 13]) {
      vi.setSystemTime(startedAt + minutes * 60_000);
      aws.deliver(event(String(minutes), 'Image Skipped', { key: 'a' }));
      // Resumes after the event before: deletes it, then checks the clock.
      await events.next();
      told.push(aws.sentTo('TagQueue').length);
    }
    vi.useRealTimers();
    sqs.destroy();

    expect(told).toEqual([0, 0, 1, 1, 2, 2]);
    expect(aws.queues.get('bucketlens-watch-live')!.tags).toMatchObject({
      'bucketlens:event-bus': 'labels',
      'bucketlens:alive-at': new Date(startedAt + 12 * 60_000).toISOString(),
    });
  });
});

describe('npm run watch reports in one sentence', () => {
  it('a stack that does not exist', async () => {
    const { stderr, exitCode } = await run('watch', ['--stack', 'Mine']);

    expect(stderr).toMatch(
      /^error: there is no stack Mine in eu-central-1; choose another with --stack.*\n$/,
    );
    expect(exitCode).toBe(1);
  });

  it.each([
    'arn:aws:events:eu-west-1:123456789012:event-bus/far',
    'arn:aws:events:eu-central-1:999999999999:event-bus/theirs',
  ])('a bus in another account or region (%s)', async (EventBusName) => {
    await aws.close();
    await startWith({ EventBusName });

    const { stderr, exitCode } = await run('watch', []);

    expect(stderr).toMatch(
      new RegExp(`^error: the stack in account 123456789012, .* publishes to ${EventBusName}; .*\n$`),
    );
    expect(exitCode).toBe(1);
    expect(aws.sentTo('CreateQueue')).toEqual([]);
  });
});
