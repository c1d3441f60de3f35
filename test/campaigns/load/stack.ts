/** The local stack as users run it: `npm start` in a process of its own, with the function in a child process. */
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { S3Client } from '@aws-sdk/client-s3';
import type { PredictionEvent } from '../../../functions/classify/publish/publish.ts';
import { onInterruption } from '../../../local/cli/interruption.ts';
import { start } from '../../support/run.ts';
import { model } from './library.ts';
import type { Upload } from './plan.ts';
import { findChild, type ProcessUsage, readUsage } from './processes.ts';

export interface Stack {
  /** A client like any user's, such as the AWS CLI. */
  readonly s3: S3Client;
  /** All events published so far, in order of arrival. */
  readonly events: readonly PredictionEvent[];
  /** Waits for the next event of an upload. @returns True if it came in time and before the stack ended. */
  readonly nextEvent: (upload: Upload) => Promise<boolean>;
  /** @throws Error if one of the two processes has ended, even if it was restarted. */
  readonly usage: () => Promise<{ readonly endpoint: ProcessUsage; readonly function: ProcessUsage }>;
  /** The function's log of all images, up to this key. */
  readonly readLog: (lastKey: string) => Promise<LogEntry[]>;
  readonly close: () => Promise<void>;
}

interface LogEntry {
  /** The image's outcome. */
  readonly message: string;
  readonly level: string;
  readonly objectKey: string;
}

/** Other uploads are queued before it, and each may take three attempts. */
const patienceMs = 600_000;
const pollMs = 100;

/** Starts a stack with an empty bucket. @param sockets Number of concurrent requests of its client. */
export async function startStack(sockets: number): Promise<Stack> {
  const folder = await mkdtemp(join(tmpdir(), 'bucketlens-load-'));
  const child = start('start', ['--port', '0', '--json', '--data', folder, '--model', model]);
  const waiting = new Map<string, (came: boolean) => void>();
  child.on('exit', () => {
    for (const settle of waiting.values()) settle(false);
  });
  const end = async () => {
    if (child.exitCode === null && child.kill()) await once(child, 'exit');
    await rm(folder, { recursive: true, maxRetries: 3 });
  };
  const forget = onInterruption(end);

  const events: PredictionEvent[] = [];
  createInterface(child.stdout).on('line', (line) => {
    const event = JSON.parse(line) as PredictionEvent;
    events.push(event);
    waiting.get(idOf(event.detail.key, event.detail.eTag))?.(true);
  });
  const endpoint = await endpointOf(child);
  const functionPid = await findChild(child.pid!, 'lambda-process');
  const credentials = { accessKeyId: 'ANYBODY', secretAccessKey: 'any' };
  const requestHandler = { httpAgent: { maxSockets: sockets } };
  const s3 = new S3Client({ endpoint, region: 'eu-north-1', credentials, requestHandler });
  return {
    s3,
    events,
    nextEvent: ({ key, picture: { eTag } }) =>
      new Promise((resolve) => {
        const timer = setTimeout(resolve, patienceMs, false).unref();
        waiting.set(idOf(key, eTag), (came) => {
          clearTimeout(timer);
          resolve(came);
        });
      }),
    usage: async () => ({
      endpoint: await readUsage(child.pid!),
      function: await readUsage(functionPid),
    }),
    readLog: async (lastKey) => {
      for (;;) {
        const log = parseLog(await readFile(join(folder, 'function.log'), 'utf8'));
        if (log.some(({ objectKey }) => objectKey === lastKey)) return log;
        if (child.exitCode !== null) throw new Error(`npm start ended with ${child.exitCode}`);
        await sleep(pollMs);
      }
    },
    close: async () => {
      forget();
      s3.destroy();
      await end();
    },
  };
}

/** Waits for the text in the output. */
function endpointOf(child: ChildProcessWithoutNullStreams): Promise<string> {
  return new Promise((resolve, reject) => {
    child.on('exit', (code) => reject(new Error(`npm start ended with ${code}`)));
    createInterface(child.stderr).on('line', (line) => {
      const [, url] = /^ +S3 endpoint +(\S+)$/.exec(line) ?? [];
      if (url) resolve(url);
      // An object that failed for good.
      if (line.startsWith('uploads/')) console.error(line);
    });
  });
}

function idOf(key: string, eTag: string | undefined): string {
  return `${eTag} ${key}`;
}

/** Skips metrics, Node's warnings and an incomplete last line. */
function parseLog(text: string): LogEntry[] {
  return text
    .split('\n')
    .slice(0, -1)
    .filter((line) => line.startsWith('{"level"'))
    .map((line) => JSON.parse(line));
}
