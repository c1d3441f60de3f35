/** Programs that people use for uploads. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { Skipped } from './check.ts';
import type { Emulator } from './emulator.ts';
import { run } from './processes.ts';

export interface Uploader {
  readonly name: string;
  /** @throws Skipped if the program is not installed. */
  readonly upload: (file: string, bucket: string, key: string) => Promise<void>;
}

const timeoutMs = 60_000;

/** @param pythonBin The folder of the AWS CLI and boto3. */
export function createUploaders(emulator: Emulator, pythonBin: string) {
  const options = { env: emulator.environment, timeoutMs };
  const s3 = new S3Client(emulator.clientOptions);
  const python = (program: string, ...args: string[]) =>
    run(join(pythonBin, 'python'), ['-c', `import boto3, sys\n${program}`, ...args], options);

  return {
    sdk: {
      // Adds a CRC32 by default.
      name: 'the AWS SDK for JavaScript',
      upload: async (file, bucket, key) => {
        await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: await readFile(file) }));
      },
    },
    awsCli: {
      name: 'the AWS CLI',
      upload: async (file, bucket, key) => {
        await run(join(pythonBin, 'aws'), ['s3', 'cp', '--quiet', file, `s3://${bucket}/${key}`], options);
      },
    },
    boto3: {
      name: 'boto3',
      upload: async (file, bucket, key) => {
        await python('boto3.client("s3").upload_file(*sys.argv[1:])', file, bucket, key);
      },
    },
    rclone: {
      name: 'rclone',
      upload: async (file, bucket, key) => {
        const remote = `:s3,provider=Other,env_auth,force_path_style,no_check_bucket,endpoint="${emulator.clientOptions.endpoint}":${bucket}/${key}`;
        // Points to a missing file, so that the user's own settings are ignored.
        await run('rclone', ['--config', '', 'copyto', file, remote], options).catch((error) => {
          throw error.code === 'ENOENT'
            ? new Skipped('there is no rclone on PATH; on Debian and Ubuntu: apt-get install rclone')
            : error;
        });
      },
    },
  } as const satisfies Record<string, Uploader>;
}
