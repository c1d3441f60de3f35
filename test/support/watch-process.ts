/** Runs `npm run watch` in a process, and checks it against a deployed stack. */
import assert from 'node:assert/strict';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { EventBridgeClient, ListRulesCommand } from '@aws-sdk/client-eventbridge';
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { feedNamePrefix } from '../../local/cli/aws/prediction-feed.ts';
import { createChanges } from './changes.ts';
import { start } from './run.ts';

export interface Watch {
  readonly child: ChildProcessWithoutNullStreams;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Waits for a condition on its output or end, for up to 20 seconds. */
  readonly until: (isSo: () => boolean) => Promise<void>;
  /** Resolves with the exit code. */
  readonly ended: Promise<number | null>;
}

const patienceMs = 20_000;

/** Starts it, and waits until it is ready or has failed. */
export async function startWatch(args: readonly string[] = [], env?: NodeJS.ProcessEnv): Promise<Watch> {
  const watch = follow(start('watch', args, env));
  await watch.until(() => watch.stderr().includes('press Ctrl-C to stop') || watch.child.exitCode !== null);
  return watch;
}

/** Collects the output of a process. */
export function follow(child: ChildProcessWithoutNullStreams): Watch {
  let stdout = '';
  let stderr = '';
  const changes = createChanges();
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
    changes.tell();
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
    changes.tell();
  });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  ended.then(changes.tell);
  const until = (isSo: () => boolean): Promise<void> =>
    changes.until(isSo, AbortSignal.timeout(patienceMs)).catch(() => {
      throw new Error(`npm run watch did not reach the expected state; it printed ${stdout}${stderr}`);
    });
  return { child, stdout: () => stdout, stderr: () => stderr, until, ended };
}

export interface WatchedStack {
  /** Environment of the commands. */
  readonly environment: NodeJS.ProcessEnv;
  readonly clientOptions: {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  };
  /** Uploads an image to its bucket. */
  readonly upload: (key: string) => Promise<void>;
}

/**
 * Checks that `npm run watch` prints an upload's event, and leaves neither rule nor queue behind.
 *
 * @throws AssertionError
 */
export async function checkWatch(
  { environment, clientOptions, upload }: WatchedStack,
  key: string,
): Promise<void> {
  const watch = await startWatch(['--json'], environment);
  await upload(key);
  await watch.until(() => watch.stdout().includes(key) && watch.stdout().endsWith('\n'));
  watch.child.kill('SIGINT');
  assert.equal(await watch.ended, 0, watch.stderr());

  const [event] = watch.stdout().split('\n');
  const { source, detail } = JSON.parse(event!);
  assert.deepEqual({ source, key: detail.key }, { source: 'bucketlens', key });
  const eventBridge = new EventBridgeClient(clientOptions);
  const sqs = new SQSClient(clientOptions);
  const { Rules } = await eventBridge.send(new ListRulesCommand({ NamePrefix: feedNamePrefix('watch') }));
  const { QueueUrls = [] } = await sqs.send(
    new ListQueuesCommand({ QueueNamePrefix: feedNamePrefix('watch') }),
  );
  assert.deepEqual({ Rules, QueueUrls }, { Rules: [], QueueUrls: [] });
}
