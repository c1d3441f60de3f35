/** Checks of jobs of S3 Batch Operations, as `bucketlens backfill` starts them. */
import { setTimeout as sleep } from 'node:timers/promises';
import { assertComplete, startJob, watchJob } from '../../aws/backfill-job.ts';
import { readFailures } from '../../aws/completion-report.ts';
import { assertHolds, type Check, Untold } from '../check.ts';
import { expectInvocation, labelled, put } from '../objects.ts';
import { catPhoto } from '../photos.ts';
import type { Upload } from '../target.ts';

const patienceMs = 15 * 60_000;

export const batchOperations: Check = {
  id: 'batch-operations',
  promise: 'a job of S3 Batch Operations labels objects, and its report names those that failed',
  does: 'uploads two photos and a text, and starts a job for the three ($0.25; its report is kept for 30 days)',
  advice: 'docs/backfill.md lists the rights of the job and of its role',
  isSwitchedOn: () => false,
  lacking: 'S3 Batch Operations',
  run: async (target) => {
    const { clients, deployment, signal } = target;
    const text = await put(target, 'job/text', Buffer.from('no image'), {}, 'any');
    const photos: Upload[] = [];
    for (const name of ['job/one', 'job/two'])
      photos.push(await put(target, name, await catPhoto(), {}, 'any'));
    for (const photo of photos) await labelled(target, photo);
    for (const sent of [text, ...photos]) expectInvocation(target, sent);

    const request = {
      prefix: `${target.prefix}job/`,
      suffix: undefined,
      createdAfter: undefined,
      force: true,
    };
    const jobId = await startJob(clients.s3Control, deployment, request);
    const progress = await Promise.race([
      watchJob(clients.s3Control, deployment, jobId, { pollMs: 5000, onProgress: () => {} }),
      sleep(patienceMs, undefined, { signal, ref: false }).then(() => {
        throw new Untold(`the job ${jobId} has not ended after ${patienceMs / 60_000} minutes`);
      }),
    ]);
    assertComplete(jobId, progress);
    const { total, succeeded, failed } = progress;
    assertHolds(
      total === 3 && succeeded === 2 && failed === 1,
      `of ${total} objects ${succeeded} succeeded and ${failed} failed; expected 3, 2 and 1`,
    );
    const failures = [];
    for await (const failure of readFailures(clients.s3, deployment.BackfillReportsBucketName, jobId))
      failures.push(failure);
    const [failure] = failures;
    assertHolds(
      failures.length === 1 && failure?.key === text.key,
      `the report names ${failures.length} failed objects; expected the text alone`,
    );
    return `2 succeeded; the report says of the text: ${failure.message}`;
  },
};
