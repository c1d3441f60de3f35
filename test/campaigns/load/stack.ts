/** The local stack as its users have it: `npm start` in a process of its own, and the function in one below it. */
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
  /** Anybody's, as the AWS CLI would be. */
  readonly s3: S3Client;
  /** All that were published so far, in the order of their arrival. */
  readonly events: readonly PredictionEvent[];
  /** Waits for the next event of an upload. @returns Whether it came in time, and before the stack ended. */
  readonly nextEvent: (upload: Upload) => Promise<boolean>;
  /** @throws Error if one of the two processes has ended, even if it has been started again. */
  readonly usage: () => Promise<{ readonly endpoint: ProcessUsage; readonly function: ProcessUsage }>;
  /** What the function has logged of each image, from the beginning until this key's turn has come. */
  readonly readLog: (lastKey: string) => Promise<LogEntry[]>;
  readonly close: () => Promise<void>;
}

interface LogEntry {
  /** What became of the image. */
  readonly message: string;
  readonly level: string;
  readonly objectKey: string;
}

/** Others are before it, and each may take the function three attempts. */
const patienceMs = 600_000;
const pollMs = 100;

/** Starts a stack with an empty bucket. @param sockets How many requests its client makes at once. */
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

/** Waits until it is printed. */
function endpointOf(child: ChildProcessWithoutNullStreams): Promise<string> {
  return new Promise((resolve, reject) => {
    child.on('exit', (code) => reject(new Error(`npm start ended with ${code}`)));
    createInterface(child.stderr).on('line', (line) => {
      const [, url] = /^ +S3 endpoint +(\S+)$/.exec(line) ?? [];
      if (url) resolve(url);
      // An object that the function has given up.
      if (line.startsWith('uploads/')) console.error(line);
    });
  });
}

function idOf(key: string, eTag: string | undefined): string {
  return `${eTag} ${key}`;
}

/** Without metrics, Node's warnings, and a line that is still being written. */
function parseLog(text: string): LogEntry[] {
  return text
    .split('\n')
    .slice(0, -1)
    .filter((line) => line.startsWith('{"level"'))
    .map((line) => JSON.parse(line));
}
