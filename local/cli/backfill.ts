/** bucketlens backfill: labels the objects already in a bucket, through S3 Batch Operations and the deployed function. */
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { S3Client } from '@aws-sdk/client-s3';
import { S3ControlClient } from '@aws-sdk/client-s3-control';
import { type Command, InvalidArgumentError } from 'commander';
import { printable } from '../../functions/classify/image/printable.ts';
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

Processes the keys that the deployed stack labels, and skips objects that already have its model's labels. Stopping this
command does not stop the job. S3 charges $0.25 per job and $1 per million objects, on top of the cost of labelling.

Exit code: 0 if every object succeeded, 1 if an object or the job failed, 2 on wrong usage.`;

export function backfillCommand(): Command {
  return createCommand('backfill')
    .description('Label the images already in the bucket of a deployed stack.')
    .requiredOption('--bucket <NAME>', 'bucket that the stack labels')
    .option('--prefix <TEXT>', 'only objects whose key has this prefix')
    .option('--created-after <TIME>', 'only objects created after this time', parseTime)
    .option('--dry-run', 'count the objects and print the first keys, without labelling')
    .option('--force', 'also label objects that already have labels of the deployed model')
    .option('--stack <NAME>', 'name of the deployed stack', 'Bucketlens')
    .option('--json', 'print JSON objects, one per line')
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
    throw new InvalidArgumentError('Expected 2026-03-01 or 2026-03-01T12:00:00Z.');
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

/** Narrows the stack's own selection to the user's. */
function select(
  { BucketName, KeyPrefix, KeySuffixes: suffixes }: Deployment,
  { bucket, prefix, stack, createdAfter }: Options,
): Selection {
  if (bucket !== BucketName)
    throw new UnusableStack(
      `the stack ${stack} labels ${BucketName}, not ${bucket}; choose another with --stack`,
    );
  if (prefix !== undefined && !prefix.startsWith(KeyPrefix))
    throw new UnusableStack(
      `the stack ${stack} labels only keys with the prefix ${KeyPrefix}, which ${prefix} is not part of`,
    );
  return { prefix: prefix ?? KeyPrefix, suffixes, createdAfter };
}

/** A job's filter takes one suffix, so that each suffix needs a job of its own. */
function eachSuffix({ suffixes }: Selection): readonly (string | undefined)[] {
  return suffixes.length > 0 ? suffixes : [undefined];
}

async function preview(selection: Selection, { bucket, force, json }: Options): Promise<void> {
  const found = await previewSelection(new S3Client(), bucket, selection);
  if (json) return console.log(JSON.stringify(found));
  const skipping = force ? '' : '; those that already have its labels are skipped';
  console.log(`${found.objects} objects (${megabytes(found.bytes)}) would go to the function${skipping}`);
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
  if (!json) console.log(`started job ${jobId}${selection.suffix ? ` for ${selection.suffix}` : ''}`);
  const progress = await watchWithBar(s3Control, deployment, jobId);

  const { total, succeeded, failed } = progress;
  const report = `s3://${deployment.BackfillReportsBucketName}/${reportPrefix(jobId)}`;
  if (failed > 0) await printFailures(deployment, jobId, json);
  if (json) console.log(JSON.stringify({ job: jobId, ...progress, report }));
  else
    console.log(
      `${succeeded} of ${total} objects succeeded, ${failed} failed${failed > 0 ? `; full report: ${report}` : ''}`,
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

/** Prints all failures as JSON, or the first 50 as text. */
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
