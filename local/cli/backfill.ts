/** bucketlens backfill: labels what is in the bucket already, by S3 Batch Operations and the deployed function. */
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { S3Client } from '@aws-sdk/client-s3';
import { S3ControlClient } from '@aws-sdk/client-s3-control';
import { type Command, InvalidArgumentError } from 'commander';
import { printable } from '../../functions/classify/printable.ts';
import { megabytes } from '../../layers/size.ts';
import {
  assertComplete,
  type Progress as JobProgress,
  type JobRequest,
  startJob,
  watchJob,
} from './aws/backfill-job.ts';
import { readFailures, reportPrefix } from './aws/completion-report.ts';
import { type Deployment, findDeployment, UnusableStack } from './aws/deployment.ts';
import { previewSelection, type Selection } from './aws/preview.ts';
import { createCommand } from './command.ts';
import { startProgress } from './progress.ts';

const help = `
Examples:
  npx bucketlens backfill --bucket my-photos --dry-run
  npx bucketlens backfill --bucket my-photos --prefix 2026/ --created-after 2026-03-01

Only keys that the deployed stack labels are looked at, and what bears its model's labels already is skipped. The job
goes on if this command is stopped. It costs $0.25, $1 for a million objects, and what labelling them costs.

Exit code: 0 if every object is done, 1 if any failed, or the job, 2 on wrong usage.`;

export function backfillCommand(): Command {
  return createCommand('backfill')
    .description('Labels the images that are in the bucket of a deployed stack already.')
    .requiredOption('--bucket <NAME>', 'the bucket that the stack labels')
    .option('--prefix <TEXT>', 'only objects whose key starts so')
    .option('--created-after <TIME>', 'only objects that are newer', parseTime)
    .option('--dry-run', 'count the objects and show the first keys, and do nothing')
    .option('--force', 'label again what bears labels of the deployed model')
    .option('--stack <NAME>', 'the deployed stack', 'Bucketlens')
    .option('--json', 'JSON objects, one a line')
    .addHelpText('after', help)
    .action(backfill);
}

interface Options {
  readonly bucket: string;
  readonly prefix?: string;
  readonly createdAfter?: Date;
  readonly dryRun?: true;
  readonly force?: true;
  readonly stack: string;
  readonly json?: true;
}

function parseTime(value: string): Date {
  const time = new Date(value);
  if (Number.isNaN(time.getTime()))
    throw new InvalidArgumentError('It is 2026-03-01 or 2026-03-01T12:00:00Z.');
  return time;
}

const pollMs = 5000;
const maxFailuresShown = 50;

async function backfill(options: Options): Promise<void> {
  const deployment = await findDeployment(new CloudFormationClient(), options.stack);
  const selection = select(deployment, options);
  if (options.dryRun) return preview(selection, options);
  for (const suffix of eachSuffix(selection)) await label(deployment, { ...selection, suffix }, options);
}

/** What the user asks for, within what the stack labels. */
function select(
  { BucketName, KeyPrefix, KeySuffixes: suffixes }: Deployment,
  { bucket, prefix, stack, createdAfter }: Options,
): Selection {
  if (bucket !== BucketName)
    throw new UnusableStack(`the stack ${stack} labels ${BucketName}, not ${bucket}: --stack names another`);
  if (prefix !== undefined && !prefix.startsWith(KeyPrefix))
    throw new UnusableStack(
      `the stack ${stack} labels only keys that start with ${KeyPrefix}, not with ${prefix}`,
    );
  return { prefix: prefix ?? KeyPrefix, suffixes, createdAfter };
}

/** A job's filter takes one suffix: several take a job each. */
function eachSuffix({ suffixes }: Selection): readonly (string | undefined)[] {
  return suffixes.length > 0 ? suffixes : [undefined];
}

async function preview(selection: Selection, { bucket, force, json }: Options): Promise<void> {
  const found = await previewSelection(new S3Client(), bucket, selection);
  if (json) return console.log(JSON.stringify(found));
  const skipping = force ? '' : ', but for those that bear its labels already';
  console.log(
    `${found.objects} objects, ${megabytes(found.bytes)}, would be given to the function${skipping}`,
  );
  for (const key of found.keys) console.log(`  ${printable(key)}`);
  if (found.objects > found.keys.length) console.log(`  … and ${found.objects - found.keys.length} more`);
}

async function label(
  deployment: Deployment,
  selection: Omit<JobRequest, 'force'>,
  { force, json }: Options,
): Promise<void> {
  const s3Control = new S3ControlClient();
  const jobId = await startJob(s3Control, deployment, { ...selection, force: force ?? false });
  if (!json) console.log(`job ${jobId} has started${selection.suffix ? `, for ${selection.suffix}` : ''}`);
  const progress = await watchWithBar(s3Control, deployment, jobId);

  const { total, succeeded, failed } = progress;
  const report = `s3://${deployment.BackfillReportsBucketName}/${reportPrefix(jobId)}`;
  if (failed > 0) await printFailures(deployment, jobId, json);
  if (json) console.log(JSON.stringify({ job: jobId, ...progress, report }));
  else
    console.log(
      `${succeeded} of ${total} objects are done, ${failed} failed${failed > 0 ? `; ${report} has them all` : ''}`,
    );
  if (failed > 0) process.exitCode = 1;
  assertComplete(jobId, progress);
}

function watchWithBar(
  s3Control: S3ControlClient,
  deployment: Deployment,
  jobId: string,
): Promise<JobProgress> {
  const bar = startProgress('{value} of {total} objects, {failed} failed ({status})');
  const onProgress = ({ status, total, succeeded, failed }: JobProgress): void =>
    bar.update(succeeded + failed, total, { failed, status });
  return watchJob(s3Control, deployment, jobId, { pollMs, onProgress }).finally(bar.end);
}

/** All of them as JSON; for people, as many as they may read. */
async function printFailures(
  { BackfillReportsBucketName }: Deployment,
  jobId: string,
  json: true | undefined,
): Promise<void> {
  let shown = 0;
  for await (const failure of readFailures(new S3Client(), BackfillReportsBucketName, jobId)) {
    if (json) console.log(JSON.stringify(failure));
    else if (shown++ < maxFailuresShown)
      console.log(printable(`  ${failure.key}  ${failure.message.replaceAll('\n', ' ')}`));
    else break;
  }
}
