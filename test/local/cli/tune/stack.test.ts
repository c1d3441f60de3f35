import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { afterEach, describe, expect, it } from 'vitest';
import { removeStack } from '../../../../local/cli/tune/stack.ts';
import { type AwsServer, startAws } from '../../../support/aws/aws-server.ts';

let aws: AwsServer;
afterEach(() => aws.close());

/** AWS with the stack, which is gone once it has been deleted. */
async function startStack(outputs: Readonly<Record<string, string>>) {
  let isDeleted = false;
  const full = new Set(Object.values(outputs));
  aws = await startAws(({ method, url, body }) => {
    const bucket = url.pathname.split('/')[1]!;
    const xml = (text: string, status = 200) => ({
      status,
      headers: { 'content-type': 'application/xml' },
      body: text,
    });
    if (url.searchParams.has('versions'))
      return xml(
        `<ListVersionsResult>${full.has(bucket) ? '<Version><Key>0-cat.png</Key><VersionId>null</VersionId></Version>' : ''}</ListVersionsResult>`,
      );
    if (method === 'POST' && url.searchParams.has('delete')) {
      full.delete(bucket);
      return xml('<DeleteResult/>');
    }
    if (body.includes('Action=DeleteStack')) {
      isDeleted = true;
      return xml('<DeleteStackResponse/>');
    }
    if (!body.includes('Action=DescribeStacks')) return { body: '{}' };
    if (isDeleted)
      return xml(
        '<ErrorResponse><Error><Code>ValidationError</Code><Message>Stack does not exist</Message></Error></ErrorResponse>',
        400,
      );
    const members = Object.entries(outputs).map(
      ([key, value]) => `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`,
    );
    return xml(
      `<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackStatus>CREATE_COMPLETE</StackStatus><Outputs>${members.join('')}</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`,
    );
  });
  const options = {
    endpoint: aws.url,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    forcePathStyle: true,
  };
  return {
    full,
    clients: {
      cloudFormation: new CloudFormationClient(options),
      eventBridge: new EventBridgeClient(options),
      lambda: new LambdaClient(options),
      s3: new S3Client(options),
    },
  };
}

describe('removeStack', () => {
  it('empties the buckets that the stack made, and deletes it', async () => {
    const { clients, full } = await startStack({
      BucketName: 'bucketlenstune-arm64-labelsbucket-1',
      BackfillReportsBucketName: 'bucketlenstune-arm64-reports-1',
    });

    expect(await removeStack(clients, 'arm64')).toBe(true);
    expect([...full]).toEqual([]);
    expect(aws.requests.filter(({ body }) => body.includes('Action=DeleteStack'))).toHaveLength(1);
  });

  it('leaves every object of any other bucket alone', async () => {
    const { clients, full } = await startStack({ BucketName: 'my-photos' });

    await removeStack(clients, 'arm64');
    expect([...full]).toEqual(['my-photos']);
    expect(aws.requests.some(({ url }) => url.pathname.startsWith('/my-photos'))).toBe(false);
  });
});
