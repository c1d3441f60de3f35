import { Agent } from 'node:http';
import { S3ControlClient } from '@aws-sdk/client-s3-control';
import { expect, it } from 'vitest';
import { type Progress, watchJob } from '../../../../local/cli/aws/backfill-job.ts';
import { startAws } from '../../../support/aws/aws-server.ts';

it('watchJob polls a job until it ends', async () => {
  const states = ['New', 'Preparing', 'Active', 'Complete'];
  const aws = await startAws(({ url }) => ({
    headers: { 'content-type': 'application/xml' },
    body: `<DescribeJobResult><Job><JobId>${url.pathname.split('/').at(-1)}</JobId><Status>${states.shift()}</Status></Job></DescribeJobResult>`,
  }));
  const client = new S3ControlClient({
    endpoint: aws.url,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    // The client prefixes the host with the account, and not every system resolves names below localhost.
    requestHandler: {
      httpAgent: new Agent({
        lookup: (_, __, callback) => callback(null, [{ address: '127.0.0.1', family: 4 }]),
      }),
    },
  });
  const seen: Progress[] = [];

  const last = await watchJob(
    client,
    {
      BucketName: 'photos',
      FunctionArn: 'arn:aws:lambda:eu-central-1:123456789012:function:Labels',
      BackfillRoleArn: 'arn:aws:iam::123456789012:role/Backfill',
      BackfillReportsBucketName: 'reports',
      EventBusName: 'default',
      KeyPrefix: '',
      KeySuffixes: [],
    },
    '00e1',
    { pollMs: 1, onProgress: (progress) => seen.push(progress) },
  );

  client.destroy();
  await aws.close();
  expect(seen.map(({ status }) => status)).toEqual(['New', 'Preparing', 'Active', 'Complete']);
  expect(seen[0]).toEqual({ status: 'New', total: 0, succeeded: 0, failed: 0, reasons: [] });
  expect(last.status).toBe('Complete');
  expect(aws.requests.map(({ url }) => url.pathname)).toEqual(Array(4).fill('/v20180820/jobs/00e1'));
});
