/** The settings that an ImageClassifier refuses: checked when it is made, not when CloudFormation or the function meets them. */
import { RemovalPolicy, Token } from 'aws-cdk-lib';
import { baseMegabytes, defaultMegabytes } from '../../functions/classify/memory.ts';
import { writeBackModes } from '../../functions/classify/write-back/mode.ts';
import type { ImageClassifierProps } from './image-classifier-props.ts';
import { assertNumber, assertSeconds, InvalidSetting, isMatch } from './setting-checks.ts';

/** @throws InvalidSetting */
export function assertValidSettings(props: ImageClassifierProps): void {
  const { memorySize, timeout, topK, minScore, generalScore, limits, metadataPrefix } = props;
  assertNumber('memorySize', memorySize, { min: 512, max: 10_240, unit: 'MB', whole: true });
  assertNumber('topK', topK, { min: 1, max: 1000, whole: true });
  assertNumber('minScore', minScore, { min: 0, max: 1 });
  assertNumber('generalScore', generalScore, { min: 0.5, max: 1 });
  assertSeconds('timeout', timeout, { min: 10, max: 900 });
  assertNumber('limits.megabytes', limits?.megabytes, { min: 0.001, max: 1000, unit: 'MB' });
  assertNumber('limits.megapixels', limits?.megapixels, { min: 0.001, max: 1000, unit: 'MP' });
  assertFileFits(props);
  if (metadataPrefix !== undefined && !isMatch(metadataPrefix, /^[a-z0-9][a-z0-9-]{0,31}$/)) {
    throw new InvalidSetting(
      `metadataPrefix is '${metadataPrefix}'; it becomes part of a metadata key and takes 1 to 32 of a-z 0-9 -`,
    );
  }
  assertConcurrency(props);
  assertQueue(props);
  assertWriteBack(props);
  assertBucketSettings(props);
}

function assertFileFits({ memorySize = defaultMegabytes, limits }: ImageClassifierProps): void {
  if (limits?.megabytes === undefined || Token.isUnresolved(memorySize)) return;
  // As much again is for what is in it.
  const most = (memorySize - baseMegabytes) / 2;
  if (Token.isUnresolved(limits.megabytes) || limits.megabytes <= most) return;
  throw new InvalidSetting(
    `limits.megabytes is ${limits.megabytes}, too much for a memorySize of ${memorySize} MB, of which the function itself takes ${baseMegabytes}: take at most ${most}, or a memorySize of ${Math.ceil(2 * limits.megabytes) + baseMegabytes}`,
  );
}

// A queue that is asked for more messages than the function may take at once throws away what is throttled five times.
function assertConcurrency({ trigger, reservedConcurrency: reserved, queue }: ImageClassifierProps): void {
  assertNumber('reservedConcurrency', reserved, { min: 0, max: 100_000, whole: true });
  const most = queue?.maxConcurrency;
  if (trigger !== 'sqs' || reserved === undefined || Token.isUnresolved(reserved)) return;
  if (reserved < 2) {
    throw new InvalidSetting(
      `reservedConcurrency is ${reserved}; with the trigger sqs it takes at least 2, the least that a queue goes down to`,
    );
  }
  if (most !== undefined && !Token.isUnresolved(most) && most > reserved) {
    throw new InvalidSetting(
      `queue.maxConcurrency is ${most} and reservedConcurrency ${reserved}; what goes beyond it would end in the dead-letter queue: take at most ${reserved}`,
    );
  }
}

function assertQueue({ trigger = 's3', queue }: ImageClassifierProps): void {
  if (!queue) return;
  if (trigger !== 'sqs') {
    throw new InvalidSetting(`queue is set and the trigger is ${trigger}; a queue takes the trigger sqs`);
  }
  assertNumber('queue.batchSize', queue.batchSize, { min: 1, max: 10_000, whole: true });
  assertSeconds('queue.maxBatchingWindow', queue.maxBatchingWindow, { min: 0, max: 300 });
  assertNumber('queue.maxConcurrency', queue.maxConcurrency, { min: 2, max: 1000, whole: true });
  if (queue.batchSize !== undefined && queue.batchSize > 10 && !queue.maxBatchingWindow?.toSeconds()) {
    throw new InvalidSetting(
      `queue.batchSize is ${queue.batchSize}; more than 10 messages take a queue.maxBatchingWindow of at least a second`,
    );
  }
}

function assertWriteBack({
  metadataPrefix,
  queryable,
  writeBack = ['metadata'],
}: ImageClassifierProps): void {
  if (writeBack.length === 0 || new Set(writeBack).size < [writeBack].flat().length) {
    throw new InvalidSetting(
      `writeBack is [${writeBack}]; it takes any of ${writeBackModes.join(', ')}, each at most once, or 'none'`,
    );
  }
  if (writeBack.includes('annotation') && /^(aws|s3)/.test(metadataPrefix ?? '')) {
    throw new InvalidSetting(
      `metadataPrefix is '${metadataPrefix}'; it names the annotation too, and those of aws… and s3… are S3's own`,
    );
  }
  if (queryable && !writeBack.includes('annotation')) {
    throw new InvalidSetting(
      `queryable is set and writeBack is ${writeBack}; what is queried are annotations: add annotation to writeBack`,
    );
  }
}

function assertBucketSettings(props: ImageClassifierProps): void {
  if (props.bucket) {
    for (const name of ['versioned', 'removalPolicy', 'autoDeleteObjects'] as const) {
      if (props[name] === undefined) continue;
      throw new InvalidSetting(
        `${name} is for a new bucket; a bucket that is given keeps its own setting: leave one out`,
      );
    }
    if (props.queryable) {
      throw new InvalidSetting(
        'queryable is for a new bucket; where the one that is given is made, set its metadataConfiguration instead',
      );
    }
  }
  if (props.autoDeleteObjects && props.removalPolicy !== RemovalPolicy.DESTROY) {
    throw new InvalidSetting(
      'autoDeleteObjects is set and the bucket is kept; to delete it with all its images, set removalPolicy to DESTROY',
    );
  }
}
