/** The deployed stack as the checks see it: its objects, its events and its function's requests. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { HeadObjectCommand, type HeadObjectCommandOutput, S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Deployment } from './deployment.ts';
import type { Emulator } from './emulator.ts';
import { type Predictions, subscribe } from './predictions.ts';
import { run } from './processes.ts';
import type { RecordedRequest } from './recorder.ts';

export interface DeployedStack extends Pick<Deployment, 'output'> {
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  readonly predictions: Predictions;
  /** The bucket's name. */
  readonly bucket: () => string;
  /** Runs the AWS CLI; resolves with its output. */
  readonly aws: (...args: string[]) => Promise<string>;
  readonly head: (key: string) => Promise<HeadObjectCommandOutput>;
  /** The function's requests to S3 for keys with this prefix, in order. */
  readonly requestsAbout: (keyOrPrefix: string) => RecordedRequest[];
  /** The function's requests that concern no object of the bucket. */
  readonly requestsElsewhere: () => RecordedRequest[];
  /** Hosts that its processes connected to, except that of S3 and EventBridge. */
  readonly otherHosts: () => string[];
}

/** @param pythonBin The folder of the AWS CLI. */
export async function openStack(
  { clientOptions, environment, recorder, connections }: Emulator,
  { output }: Deployment,
  pythonBin: string,
): Promise<DeployedStack> {
  const s3 = new S3Client({ ...clientOptions, forcePathStyle: true });
  const sqs = new SQSClient(clientOptions);
  const bucket = () => output('BucketName');
  const requestsTo = (path: string) =>
    recorder.requests.filter((request) => pathOf(request).startsWith(path));
  return {
    output,
    s3,
    sqs,
    predictions: await subscribe(sqs, clientOptions),
    bucket,
    aws: async (...args) => {
      // The CLI ignores the general endpoint for SQS and Lambda.
      const command = [...args, '--endpoint-url', clientOptions.endpoint, '--output', 'text'];
      return (await run(join(pythonBin, 'aws'), command, { env: environment, timeoutMs: 180_000 })).trim();
    },
    head: (key) => s3.send(new HeadObjectCommand({ Bucket: bucket(), Key: key, ChecksumMode: 'ENABLED' })),
    requestsAbout: (key) => requestsTo(`/${bucket()}/${key}`),
    requestsElsewhere: () => {
      const toObjects = new Set(requestsTo(`/${bucket()}/`));
      return recorder.requests.filter((request) => !toObjects.has(request));
    },
    otherHosts: () => {
      const hosts = new Set(connections());
      // Must be present, or recording failed.
      assert(hosts.delete(new URL(recorder.url).host), 'no connection to S3 was seen');
      return [...hosts];
    },
  };
}

function pathOf({ path }: RecordedRequest): string {
  return decodeURIComponent(path.replace(/\?.*/, ''));
}
