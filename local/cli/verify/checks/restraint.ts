/** Checks that the function does its work once. They run last, and look at all uploads of the run. */
import { setTimeout as sleep } from 'node:timers/promises';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { printable } from '../../../../functions/classify/image/printable.ts';
import { assertHolds, type Check, Untold } from '../check.ts';
import { type LogLine, readLog } from '../function-log.ts';
import type { Clients, PredictionType, Target, Upload } from '../target.ts';

const duplicateAdvice =
  'S3 and EventBridge deliver at least once, and rarely twice: run it again; if it repeats, report it with --json';

/** Longer than a function takes that does not recognise its own copy, after a cold start. */
const quietMs = { emulator: 3000, aws: 15_000 } as const;

export const oneEvent: Check = {
  id: 'one-event',
  promise: "each upload has exactly one event, and the function's own copies have none",
  does: 'waits until no more events come, and counts those of every upload of this run',
  advice: duplicateAdvice,
  run: async (target) => {
    const { events, uploads } = target;
    await events.settle(target.isEmulated ? quietMs.emulator : quietMs.aws);
    const expected = uploads.filter(hasOutcome);
    for (const { key, eTag, name, expected: type } of expected) {
      const types = events.all
        .filter((event) => event.key === key && event.eTag === eTag)
        .map(({ detailType }) => detailType);
      assertHolds(
        types.length === 1 && types[0] === type,
        `${name} has ${types.length} events: ${types.join(', ')}`,
      );
    }
    return `${expected.length} uploads, one event each`;
  },
};

function hasOutcome(upload: Upload): upload is Upload & { readonly expected: PredictionType } {
  return upload.expected !== 'any';
}

const statuses = {
  'Image Classified': 'classified',
  'Image Rejected': 'rejected',
  'Image Skipped': 'skipped',
} as const;

export const logLines: Check = {
  id: 'log-lines',
  promise: 'the log has one line for each image',
  does: 'reads the log of the function for the keys of this run',
  advice: `${duplicateAdvice}; without any line, compare the retention and the format of the log group (docs/operations.md#log)`,
  run: async (target) => {
    const expected = target.uploads.filter(hasOutcome);
    const lines = await readUntil(target, (read) =>
      expected.every((upload) => linesAbout(upload, read).length > 0),
    );
    for (const upload of expected) {
      const found = linesAbout(upload, lines).map(({ message }) => message);
      assertHolds(
        found.length === 1 && found[0] === statuses[upload.expected],
        `${upload.name} has ${found.length} lines: ${found.join(', ')}`,
      );
    }
    return `${expected.length} uploads, one line each`;
  },
};

function linesAbout({ key, eTag }: Upload, lines: readonly LogLine[]): LogLine[] {
  return lines.filter((line) => line.key === printable(key) && line.eTag === eTag);
}

export const noLoop: Check = {
  id: 'no-loop',
  promise: 'the labels that the function writes do not make it run again and again',
  does: "counts the function's invocations in its log, for every upload of this run",
  advice:
    "stop the function with `aws lambda put-function-concurrency --function-name FUNCTION --reserved-concurrent-executions 0` (FUNCTION is the stack's output FunctionName), and report it with --json",
  run: async (target) => {
    // Two for an upload with labels in its metadata: the upload's event, and that of the copy which writes them.
    const lines = await readUntil(target, (read) => read.length >= target.uploads.filter(hasOutcome).length);
    const counts = new Map<string, number>();
    for (const { key } of lines) counts.set(key, (counts.get(key) ?? 0) + 1);
    const uploadsOf = (key: string) =>
      target.uploads.filter((upload) => printable(upload.key) === key).length;
    for (const [key, count] of counts) {
      const most = 2 * uploadsOf(key);
      assertHolds(
        count <= most,
        `${count} invocations for ${key.slice(target.prefix.length)}, uploaded ${uploadsOf(key)} times`,
      );
    }
    const own = lines.filter(({ message }) => message === 'own-copy').length;
    return `${lines.length} invocations for ${target.uploads.length} uploads, ${own} of them for its own copies`;
  },
};

/** Reads the log until it is complete, or for a minute: lines may take some seconds to be found. */
async function readUntil(
  target: Target,
  isComplete: (lines: readonly LogLine[]) => boolean,
): Promise<readonly LogLine[]> {
  for (const deadline = Date.now() + 60_000; ; await sleep(target.isEmulated ? 500 : 3000)) {
    target.signal.throwIfAborted();
    const lines = await readLog(target);
    if (isComplete(lines) || Date.now() > deadline) return lines;
  }
}

export const deadLettersEmpty: Check = {
  id: 'dead-letters',
  promise: 'nothing has failed for good',
  does: 'counts the messages in the dead-letter queue',
  advice: 'docs/failures.md#dead-letters takes a message out, finds its error, and sends it again',
  run: async (target) => {
    const before = target.deadLettersBefore ?? 0;
    const now = await countDeadLetters(target);
    const earlier = before > 0 ? `, ${before} of them from before this run` : '';
    assertHolds(now === 0, `${now} messages are in the queue${earlier}`);
    return 'the queue is empty';
  },
};

/**
 * Counts the messages in the stack's dead-letter queue, including those that somebody is reading.
 *
 * @throws Untold if the stack has no output with its URL.
 */
export async function countDeadLetters({
  clients: { sqs },
  deployment: { DeadLetterQueueUrl },
}: {
  readonly clients: Pick<Clients, 'sqs'>;
  readonly deployment: Pick<Target['deployment'], 'DeadLetterQueueUrl'>;
}): Promise<number> {
  if (DeadLetterQueueUrl === undefined)
    throw new Untold('the stack has no output DeadLetterQueueUrl: deploy it again');
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: DeadLetterQueueUrl,
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    }),
  );
  return Object.values(Attributes).reduce((sum, count) => sum + Number(count), 0);
}
