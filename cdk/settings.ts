/** The settings that an ImageClassifier refuses: checked when it is made, not when CloudFormation or the function meets them. */
import type { ImageClassifierProps } from './image-classifier.ts';

/** A property that cannot be; the message says what was found, what is allowed and what to do. */
export class InvalidSetting extends Error {
  override readonly name = 'InvalidSetting';
}

/** @throws InvalidSetting */
export const assertValidSettings = (props: ImageClassifierProps): void => {
  const {
    memorySize,
    timeout,
    topK,
    minScore,
    generalScore,
    limits,
    metadataPrefix,
    prefix,
    suffixes = [],
  } = props;
  assertNumber('memorySize', memorySize, { min: 512, max: 10_240, unit: 'MB', whole: true });
  assertNumber('topK', topK, { min: 1, max: 1000, whole: true });
  assertNumber('minScore', minScore, { min: 0, max: 1 });
  assertNumber('generalScore', generalScore, { min: 0.5, max: 1 });
  assertNumber('timeout', timeout?.toSeconds(), { min: 10, max: 900, unit: 'seconds', whole: true });
  assertNumber('limits.megabytes', limits?.megabytes, { min: 0.001, max: 1000, unit: 'MB' });
  assertNumber('limits.megapixels', limits?.megapixels, { min: 0.001, max: 1000, unit: 'MP' });
  if (metadataPrefix !== undefined && !/^[a-z0-9][a-z0-9-]{0,31}$/.test(metadataPrefix)) {
    throw new InvalidSetting(
      `metadataPrefix is '${metadataPrefix}'; it becomes part of a metadata key and takes 1 to 32 of a-z 0-9 -`,
    );
  }
  if (prefix !== undefined) assertKeyPart(`prefix is '${prefix}'`, prefix);
  for (const suffix of suffixes) assertKeyPart(`suffixes has '${suffix}'`, suffix);
  assertNoOverlap(suffixes);
  assertQueue(props);
  assertWriteBack(props);
  if (props.bucket && props.versioned !== undefined) {
    throw new InvalidSetting(
      'versioned is for a new bucket; a bucket that is given keeps its own setting: leave one out',
    );
  }
};

interface Range {
  readonly min: number;
  readonly max: number;
  readonly unit?: string;
  readonly whole?: boolean;
}

const assertNumber = (
  name: string,
  value: number | undefined,
  { min, max, unit, whole = false }: Range,
): void => {
  if (value === undefined || (value >= min && value <= max && (!whole || Number.isInteger(value)))) return;
  throw new InvalidSetting(
    `${name} is ${value}; it takes a ${whole ? 'whole ' : ''}number from ${min} to ${max}${unit ? ` ${unit}` : ''}`,
  );
};

// Other characters would have to be encoded, in the notification and in the policy each in its own way, and `*` in neither.
const assertKeyPart = (found: string, value: string): void => {
  if (/^[\w/.-]{1,512}$/.test(value)) return;
  throw new InvalidSetting(`${found}; it takes 1 to 512 of a-z A-Z 0-9 / . _ -; for every key leave it out`);
};

// S3 refuses two notifications that one key could raise.
const assertNoOverlap = (suffixes: readonly string[]): void => {
  suffixes.forEach((suffix, index) => {
    const other = suffixes.find((candidate, at) => at !== index && candidate.endsWith(suffix));
    if (other === undefined) return;
    throw new InvalidSetting(
      `suffixes has '${suffix}' and '${other}', which a key can both end in: keep one of them`,
    );
  });
};

const assertQueue = ({ trigger = 's3', queue }: ImageClassifierProps): void => {
  if (!queue) return;
  if (trigger !== 'sqs') {
    throw new InvalidSetting(`queue is set and the trigger is ${trigger}; a queue takes the trigger sqs`);
  }
  const windowSeconds = queue.maxBatchingWindow?.toSeconds() ?? 0;
  assertNumber('queue.batchSize', queue.batchSize, { min: 1, max: 10_000, whole: true });
  assertNumber('queue.maxBatchingWindow', windowSeconds, { min: 0, max: 300, unit: 'seconds', whole: true });
  assertNumber('queue.maxConcurrency', queue.maxConcurrency, { min: 2, max: 1000, whole: true });
  if (queue.batchSize !== undefined && queue.batchSize > 10 && windowSeconds === 0) {
    throw new InvalidSetting(
      `queue.batchSize is ${queue.batchSize}; more than 10 messages take a queue.maxBatchingWindow of at least a second`,
    );
  }
};

const assertWriteBack = (props: ImageClassifierProps): void => {
  const { bucket, metadataPrefix, queryable, writeBack = ['metadata'] } = props;
  if (writeBack.length === 0 || new Set(writeBack).size < [writeBack].flat().length) {
    throw new InvalidSetting(
      `writeBack is [${writeBack}]; it takes metadata, annotation and tags, each at most once, or 'none'`,
    );
  }
  if (writeBack.includes('annotation') && /^(aws|s3)/.test(metadataPrefix ?? '')) {
    throw new InvalidSetting(
      `metadataPrefix is '${metadataPrefix}'; it names the annotation too, and those of aws… and s3… are S3's own`,
    );
  }
  if (!queryable) return;
  if (bucket) {
    throw new InvalidSetting(
      'queryable is for a new bucket; where the one that is given is made, set its metadataConfiguration instead',
    );
  }
  if (!writeBack.includes('annotation')) {
    throw new InvalidSetting(
      `queryable is set and writeBack is ${writeBack}; what is queried are annotations: add annotation to writeBack`,
    );
  }
};
