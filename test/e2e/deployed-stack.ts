/** What the checks work with: the stack that is deployed, its objects, its events and what its function asks for. */
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
  /** The name of the bucket. */
  readonly bucket: () => string;
  /** The AWS CLI; resolves with what it prints. */
  readonly aws: (...args: string[]) => Promise<string>;
  readonly head: (key: string) => Promise<HeadObjectCommandOutput>;
  /** What the function has asked S3 for about an object, or about all whose keys start so, in that order. */
  readonly requestsAbout: (keyOrPrefix: string) => RecordedRequest[];
  /** What it has asked for that is about no object of the bucket. */
  readonly requestsElsewhere: () => RecordedRequest[];
  /** The hosts that its processes have connected to, besides that of S3 and EventBridge. */
  readonly otherHosts: () => string[];
}

/** @param pythonBin Where the AWS CLI is. */
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
      // Its SQS and its Lambda would otherwise be AWS's own.
      const command = [...args, '--endpoint-url', clientOptions.endpoint, '--output', 'text'];
      return (await run(join(pythonBin, 'aws'), command, { env: environment, timeoutMs: 60_000 })).trim();
    },
    head: (key) => s3.send(new HeadObjectCommand({ Bucket: bucket(), Key: key, ChecksumMode: 'ENABLED' })),
    requestsAbout: (key) => requestsTo(`/${bucket()}/${key}`),
    requestsElsewhere: () => {
      const toObjects = new Set(requestsTo(`/${bucket()}/`));
      return recorder.requests.filter((request) => !toObjects.has(request));
    },
    otherHosts: () => {
      const hosts = new Set(connections());
      // It has to be there, or nothing was written down.
      assert(hosts.delete(new URL(recorder.url).host), 'no connection to S3 was seen');
      return [...hosts];
    },
  };
}

function pathOf({ path }: RecordedRequest): string {
  return decodeURIComponent(path.replace(/\?.*/, ''));
}
