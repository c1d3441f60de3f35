/** A playground as its users have it: `npm start` in a process of its own, with a bucket in a temporary folder. */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { S3Client } from '@aws-sdk/client-s3';
import { start } from './run.ts';

export interface PlaygroundProcess {
  readonly pageUrl: string;
  /** Anybody's, as the AWS CLI would be. */
  readonly s3: S3Client;
  /** What the playground prints of an object next, from its key on. */
  readonly nextEvent: () => Promise<string>;
  /** Ends it as Ctrl-C or a service manager does, and tells its exit code. */
  readonly end: (signal?: NodeJS.Signals) => Promise<number | null>;
}

/** A folder for buckets, and its removal. */
export async function temporaryFolder() {
  const path = await mkdtemp(join(tmpdir(), 'bucketlens-test-'));
  return { path, remove: () => rm(path, { recursive: true, maxRetries: 3 }) };
}

/** Starts a playground that keeps its bucket in `folder`, and waits until it is there. */
export async function startPlayground(
  folder: string,
  model = 'efficientnet-lite0',
): Promise<PlaygroundProcess> {
  const child = start('start', ['--port', '0', '--data', folder, '--model', model]);
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
    end: async (signal = 'SIGTERM') => {
      s3.destroy();
      if (child.exitCode === null && child.kill(signal)) await once(child, 'exit');
      return child.exitCode;
    },
  };
}
