/** Runs the playground in a process of its own. */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { S3Client } from '@aws-sdk/client-s3';
import { start } from './run.ts';

export interface PlaygroundProcess {
  readonly pageUrl: string;
  /** A client with arbitrary credentials. */
  readonly s3: S3Client;
  /** The next line printed for an object, from its key on. */
  readonly nextEvent: () => Promise<string>;
  /** Everything printed on stderr so far. */
  readonly stderr: () => string;
  /** Sends a signal. */
  readonly interrupt: (signal: NodeJS.Signals) => void;
  /** Resolves with the exit code. */
  readonly ended: Promise<number | null>;
  /** Sends a signal, and returns the exit code. */
  readonly end: (signal?: NodeJS.Signals) => Promise<number | null>;
}

/** Creates a temporary folder. */
export async function temporaryFolder() {
  const path = await mkdtemp(join(tmpdir(), 'bucketlens-test-'));
  return { path, remove: () => rm(path, { recursive: true, maxRetries: 3 }) };
}

/** Starts a playground that keeps its bucket in `folder`, if there is one, and waits until it is ready. */
export async function startPlayground(
  folder?: string,
  model = 'efficientnet-lite0',
  options: readonly string[] = [],
): Promise<PlaygroundProcess> {
  const data = folder === undefined ? [] : ['--data', folder];
  const child = start('start', ['--port', '0', ...data, '--model', model, ...options]);
  const ended = once(child, 'exit').then(([exitCode]: (number | null)[]) => exitCode!);
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const nextLine = async (pattern: RegExp): Promise<string> => {
    for (;;) {
      const { done, value } = await lines.next();
      if (done) throw new Error(`the playground ended before it printed ${pattern}`);
      const [, found] = pattern.exec(value) ?? [];
      if (found !== undefined) return found;
    }
  };
  const pageUrl = await nextLine(/Page +(\S+)$/);
  const endpoint = await nextLine(/S3 endpoint +(\S+)$/);
  const credentials = { accessKeyId: 'ANYBODY', secretAccessKey: 'any' };
  const s3 = new S3Client({ endpoint, region: 'eu-north-1', credentials });
  return {
    pageUrl,
    s3,
    nextEvent: () => nextLine(/^\d\d:\d\d:\d\d {2}uploads\/(.*)$/),
    stderr: () => stderr,
    interrupt: (signal) => void child.kill(signal),
    ended,
    end: (signal = 'SIGTERM') => {
      s3.destroy();
      child.kill(signal);
      return ended;
    },
  };
}
