import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { backfillCommand } from '../../../local/cli/backfill.ts';
import {
  type AwsAnswer,
  type AwsRequest,
  type AwsServer,
  startAws,
  stubAws,
} from '../../support/aws/aws-server.ts';
import { run, withoutProgress } from '../../support/run.ts';
import { sentenceOf } from '../../support/sentence.ts';

const outputs = {
  BucketName: 'photos',
  FunctionArn: 'arn:aws:lambda:eu-central-1:123456789012:function:Labels',
  BackfillRoleArn: 'arn:aws:iam::123456789012:role/Backfill',
  BackfillReportsBucketName: 'reports',
};

let aws: AwsServer;
/** Responses of the services, by operation. */
let answers: Record<'DescribeStacks' | 'CreateJob' | 'DescribeJob' | 'ListObjectsV2' | 'GetObject', Answer>;
type Answer = (request: AwsRequest) => AwsAnswer;

function operationOf({ method, url, host }: AwsRequest): keyof typeof answers {
  if (method === 'POST') return url.pathname === '/v20180820/jobs' ? 'CreateJob' : 'DescribeStacks';
  if (host.startsWith('123456789012.')) return 'DescribeJob';
  return url.searchParams.has('list-type') ? 'ListObjectsV2' : 'GetObject';
}

beforeAll(async () => {
  aws = await startAws((request) => answers[operationOf(request)](request));
  stubAws(aws, { NODE_OPTIONS: `--import=${new URL('../../support/loopback-names.mjs', import.meta.url)}` });
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await aws.close();
});
beforeEach(() => {
  aws.requests.length = 0;
  answers = {
    DescribeStacks: stackWith(outputs),
    CreateJob: xml('<CreateJobResult><JobId>00e1</JobId></CreateJobResult>'),
    DescribeJob: job('Complete', { total: 1000, succeeded: 1000, failed: 0 }),
    ListObjectsV2: failure(500, 'InternalError'),
    GetObject: failure(404, 'NoSuchKey'),
  };
});

function xml(body: string) {
  return (): AwsAnswer => ({ headers: { 'content-type': 'application/xml' }, body });
}

function failure(status: number, code: string, message = 'no') {
  return (): AwsAnswer => ({
    status,
    headers: { 'content-type': 'application/xml' },
    body: `<ErrorResponse><Error><Code>${code}</Code><Message>${message}</Message></Error><RequestId>1</RequestId></ErrorResponse>`,
  });
}

function stackWith(values: Record<string, string>) {
  return xml(
    `<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>Bucketlens</StackName><Outputs>${Object.entries(
      values,
    )
      .map(
        ([key, value]) => `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`,
      )
      .join('')}</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`,
  );
}

function job(
  status: string,
  { total, succeeded, failed }: { total: number; succeeded: number; failed: number },
  reason = '',
) {
  return xml(
    `<DescribeJobResult><Job><JobId>00e1</JobId><Status>${status}</Status><ProgressSummary><TotalNumberOfTasks>${total}</TotalNumberOfTasks><NumberOfTasksSucceeded>${succeeded}</NumberOfTasksSucceeded><NumberOfTasksFailed>${failed}</NumberOfTasksFailed></ProgressSummary><FailureReasons>${reason}</FailureReasons></Job></DescribeJobResult>`,
  );
}

/** A completion report with two failed objects. */
const report: Answer = ({ url }) => ({
  body: url.pathname.endsWith('manifest.json')
    ? JSON.stringify({
        Format: 'Report_CSV_20180820',
        Results: [{ TaskExecutionStatus: 'failed', Bucket: 'reports', Key: 'job-00e1/results/1.csv' }],
        ReportSchema: 'Bucket, Key, VersionId, TaskStatus, ErrorCode, HTTPStatusCode, ResultMessage',
      })
    : 'photos,a%20b.txt,,failed,200,,"UnsupportedFormat: it is ""text"",\nnot an image"\n' +
      'photos,2026/c.jpg,v1,failed,PermanentFailure,200,\n',
});

function requestsTo(operation: keyof typeof answers) {
  return aws.requests.filter((request) => operationOf(request) === operation);
}

function backfill(...args: string[]) {
  return run('backfill', ['--bucket', 'photos', ...args]);
}

describe('npm run backfill', () => {
  it('starts a job that lists the bucket, invokes the function for each object and reports failures', async () => {
    const { stdout, stderr, exitCode } = await backfill();

    expect(stdout).toBe('started job 00e1\n1000 of 1000 objects succeeded, 0 failed\n');
    expect({ stderr: withoutProgress(stderr), exitCode }).toEqual({ stderr: '', exitCode: 0 });
    expect(requestsTo('DescribeStacks')[0]!.body).toContain('StackName=Bucketlens');
    const [{ body, host }] = requestsTo('CreateJob') as [AwsRequest];
    expect(host).toMatch(/^123456789012\./);
    for (const element of [
      '<ConfirmationRequired>false</ConfirmationRequired>',
      '<RoleArn>arn:aws:iam::123456789012:role/Backfill</RoleArn>',
      '<LambdaInvoke><FunctionArn>arn:aws:lambda:eu-central-1:123456789012:function:Labels</FunctionArn><InvocationSchemaVersion>2.0</InvocationSchemaVersion><UserArguments><entry><key>force</key><value>false</value></entry></UserArguments></LambdaInvoke>',
      '<S3JobManifestGenerator><SourceBucket>arn:aws:s3:::photos</SourceBucket><EnableManifestOutput>false</EnableManifestOutput></S3JobManifestGenerator>',
      '<Report><Enabled>true</Enabled><Bucket>arn:aws:s3:::reports</Bucket><Format>Report_CSV_20180820</Format><ReportScope>FailedTasksOnly</ReportScope></Report>',
    ])
      expect(body).toContain(element);
  });

  it('passes --prefix, --created-after, --force and --stack on to the job', async () => {
    await backfill('--prefix', '2026/', '--created-after', '2026-03-01', '--force', '--stack', 'Mine');

    expect(requestsTo('DescribeStacks')[0]!.body).toContain('StackName=Mine');
    const [{ body }] = requestsTo('CreateJob') as [AwsRequest];
    expect(body).toContain('<key>force</key><value>true</value>');
    expect(body).toContain(
      '<Filter><CreatedAfter>2026-03-01T00:00:00Z</CreatedAfter><KeyNameConstraint><MatchAnyPrefix><member>2026/</member></MatchAnyPrefix></KeyNameConstraint></Filter>',
    );
  });

  it("restricts the jobs to the stack's keys, with one job per suffix", async () => {
    answers.DescribeStacks = stackWith({ ...outputs, KeyPrefix: 'in/', KeySuffixes: '.jpg,.png' });

    const { stdout } = await backfill();

    expect(stdout).toContain('started job 00e1 for .jpg\n');
    expect(
      requestsTo('CreateJob').map(({ body }) => /<KeyNameConstraint>.*<\/KeyNameConstraint>/.exec(body)![0]),
    ).toEqual(
      ['.jpg', '.png'].map(
        (suffix) =>
          `<KeyNameConstraint><MatchAnyPrefix><member>in/</member></MatchAnyPrefix><MatchAnySuffix><member>${suffix}</member></MatchAnySuffix></KeyNameConstraint>`,
      ),
    );
  });

  it('prints the failed objects with their reasons and the address of the whole report', async () => {
    answers.DescribeJob = job('Complete', { total: 10, succeeded: 8, failed: 2 });
    answers.GetObject = report;

    const { stdout, exitCode } = await backfill();

    expect(stdout.split('\n').slice(1)).toEqual([
      '  a b.txt  UnsupportedFormat: it is "text", not an image',
      '  2026/c.jpg  PermanentFailure',
      '8 of 10 objects succeeded, 2 failed; full report: s3://reports/job-00e1/',
      '',
    ]);
    expect(exitCode).toBe(1);
  });

  it('prints with --json one line per failure and one for the job', async () => {
    answers.DescribeJob = job('Complete', { total: 10, succeeded: 8, failed: 2 });
    answers.GetObject = report;

    const { stdout } = await backfill('--json');

    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([
      { key: 'a b.txt', message: 'UnsupportedFormat: it is "text",\nnot an image' },
      { key: '2026/c.jpg', versionId: 'v1', message: 'PermanentFailure' },
      {
        job: '00e1',
        status: 'Complete',
        total: 10,
        succeeded: 8,
        failed: 2,
        reasons: [],
        report: 's3://reports/job-00e1/',
      },
    ]);
  });

  it.each([
    [
      'failed',
      job(
        'Failed',
        { total: 0, succeeded: 0, failed: 0 },
        '<member><FailureCode>NoKeys</FailureCode><FailureReason>nothing matched</FailureReason></member>',
      ),
      'error: the job 00e1 failed: NoKeys: nothing matched\n',
    ],
    [
      'was cancelled',
      job('Cancelled', { total: 9, succeeded: 1, failed: 0 }),
      'error: the job 00e1 was cancelled\n',
    ],
  ])('reports that the job %s', async (_, answer, sentence) => {
    answers.DescribeJob = answer;

    const { stderr, exitCode } = await backfill();

    expect({ stderr, exitCode }).toEqual({ stderr: sentence, exitCode: 1 });
  });

  it('starts no job for the next suffix after one was cancelled', async () => {
    answers.DescribeStacks = stackWith({ ...outputs, KeySuffixes: '.jpg,.png' });
    answers.DescribeJob = job('Cancelled', { total: 9, succeeded: 1, failed: 0 });

    await backfill();

    expect(requestsTo('CreateJob')).toHaveLength(1);
  });

  it('reports a failed job that wrote no report', async () => {
    answers.DescribeJob = job('Failed', { total: 9, succeeded: 0, failed: 9 }, '');

    const { stdout, stderr } = await backfill();

    expect(stdout).toContain('0 of 9 objects succeeded, 9 failed');
    expect(stderr).toBe('error: the job 00e1 failed\n');
  });
});

describe('npm run backfill --dry-run', () => {
  const listing = (contents: string, token = '') =>
    `<ListBucketResult><IsTruncated>${token !== ''}</IsTruncated>${token && `<NextContinuationToken>${token}</NextContinuationToken>`}${contents}</ListBucketResult>`;
  const content = (key: string, day: string, size = 1_500_000) =>
    `<Contents><Key>${key}</Key><LastModified>2026-${day}T00:00:00.000Z</LastModified><Size>${size}</Size></Contents>`;

  it('counts the objects of every page and starts no job', async () => {
    answers.DescribeStacks = stackWith({ ...outputs, KeyPrefix: 'in/', KeySuffixes: '.jpg,.png' });
    answers.ListObjectsV2 = ({ url }) =>
      url.searchParams.has('continuation-token')
        ? { body: listing(content('in/b.png', '03-02') + content('in/c.txt', '03-02')) }
        : {
            body: listing(
              content('in/a.jpg', '03-02') +
                content('in/old.jpg', '02-28') +
                content('in/at-midnight.jpg', '03-01') +
                content('in/', '03-02', 0),
              'next',
            ),
          };

    const { stdout, exitCode } = await backfill('--dry-run', '--created-after', '2026-03-01');

    expect(stdout).toBe(
      '2 objects (3.0 MB) would go to the function; those that already have its labels are skipped\n  in/a.jpg\n  in/b.png\n',
    );
    expect(exitCode).toBe(0);
    expect(requestsTo('ListObjectsV2')[0]!.url.searchParams.get('prefix')).toBe('in/');
    expect(requestsTo('CreateJob')).toEqual([]);
  });

  it('counts images whose keys end in a slash, and no folders', async () => {
    answers.ListObjectsV2 = () => ({
      body: listing(content('a.jpg/', '03-02') + content('folder/', '03-02', 0)),
    });

    const { stdout } = await backfill('--dry-run', '--json');

    expect(JSON.parse(stdout)).toEqual({ objects: 1, bytes: 1_500_000, keys: ['a.jpg/'] });
  });

  it('prints the first ten keys of many', async () => {
    const keys = Array.from({ length: 12 }, (_, index) => `${index}.jpg`);
    answers.ListObjectsV2 = () => ({ body: listing(keys.map((key) => content(key, '03-02')).join('')) });

    const people = await backfill('--dry-run', '--force');
    const program = await backfill('--dry-run', '--json');

    expect(people.stdout).toBe(
      `12 objects (18.0 MB) would go to the function\n${keys
        .slice(0, 10)
        .map((key) => `  ${key}\n`)
        .join('')}  … and 2 more\n`,
    );
    expect(JSON.parse(program.stdout)).toEqual({ objects: 12, bytes: 18_000_000, keys: keys.slice(0, 10) });
  });
});

describe('npm run backfill reports in one sentence', () => {
  it.each<[string, () => void, string[], RegExp]>([
    [
      'a stack that does not exist',
      () => {
        answers.DescribeStacks = failure(400, 'ValidationError', 'Stack with id Mine does not exist');
      },
      ['--stack', 'Mine'],
      /^error: there is no stack Mine in eu-central-1; choose another with --stack/,
    ],
    [
      'a stack without the expected outputs',
      () => {
        answers.DescribeStacks = stackWith({ BucketName: 'photos' });
      },
      [],
      /^error: the stack Bucketlens has no output FunctionArn; deploy it again/,
    ],
    [
      'a stack that labels another bucket',
      () => {
        answers.DescribeStacks = stackWith({ ...outputs, BucketName: 'music' });
      },
      [],
      /^error: the stack Bucketlens labels music, not photos/,
    ],
    [
      "a prefix outside the stack's prefix",
      () => {
        answers.DescribeStacks = stackWith({ ...outputs, KeyPrefix: 'in/' });
      },
      ['--prefix', 'out/'],
      /^error: the stack Bucketlens labels only keys with the prefix in\/, which out\/ is not part of/,
    ],
    [
      'expired credentials',
      () => {
        answers.DescribeStacks = failure(403, 'ExpiredToken', 'The security token is expired');
      },
      [],
      /^error: the AWS credentials are no longer valid: sign in again/,
    ],
  ])('%s', async (_, prepare, args, sentence) => {
    prepare();

    expect(await sentenceOf(backfillCommand(), ['--bucket', 'photos', ...args])).toMatch(sentence);
  });

  it.each([
    [
      'an access denied by AWS',
      failure(403, 'AccessDenied', 'not authorized to perform: iam:PassRole'),
      /^error: AWS denies access to these credentials \(AccessDenied: not authorized to perform: iam:PassRole\)/,
    ],
    [
      'a request refused by AWS',
      failure(400, 'InvalidRequest', 'The manifest generator is not there'),
      /^error: InvalidRequest: The manifest generator is not there/,
    ],
  ])('%s, and ends with 1', async (_, answer, sentence) => {
    answers.CreateJob = answer;

    const { stderr, exitCode } = await backfill();

    expect(stderr).toMatch(sentence);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(exitCode).toBe(1);
  });

  it.each([
    ['AWS_ACCESS_KEY_ID', /^error: no AWS credentials: sign in/],
    ['AWS_REGION', /^error: no AWS region: set AWS_REGION/],
    ['AWS_ENDPOINT_URL', /^error: .*ECONNREFUSED/],
  ])('a missing %s', async (name, sentence) => {
    const before = process.env[name];
    vi.stubEnv(name, name === 'AWS_ENDPOINT_URL' ? 'http://localhost:1' : undefined);

    const said = await sentenceOf(backfillCommand(), ['--bucket', 'photos']);

    vi.stubEnv(name, before);
    expect(said).toMatch(sentence);
  });

  it('an invalid time', async () => {
    const said = await sentenceOf(backfillCommand(), ['--bucket', 'photos', '--created-after', 'yesterday']);

    expect(said).toContain('Expected 2026-03-01 or');
  });

  it('wrong usage, and exits with 2', async () => {
    const { stderr, exitCode } = await run('backfill', ['--prefix', 'a']);

    expect(stderr).toContain("required option '--bucket <NAME>' not specified");
    expect(exitCode).toBe(2);
  });
});
