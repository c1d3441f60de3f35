/** Refuses combinations of settings that cannot work, before CloudFormation or the function meets them. */
import { RemovalPolicy, Token } from 'aws-cdk-lib';
import { baseMegabytes, defaultMegabytes } from '../../../functions/classify/memory.ts';
import type { ImageClassifierProps } from '../image-classifier-props.ts';
import { InvalidSetting, show } from './invalid-setting.ts';

/** @throws InvalidSetting */
export function assertSettingsFit(props: ImageClassifierProps): void {
  assertFileFits(props);
  assertConcurrency(props);
  assertQueue(props);
  assertTopic(props);
  assertFunctionOptions(props);
  assertWriteBack(props);
  assertBucketSettings(props);
}

function assertFileFits({ memorySize = defaultMegabytes, limits }: ImageClassifierProps): void {
  if (limits?.megabytes === undefined || Token.isUnresolved(memorySize)) return;
  // The decoded image may take as much memory as the file.
  const most = (memorySize - baseMegabytes) / 2;
  if (Token.isUnresolved(limits.megabytes) || limits.megabytes <= most) return;
  throw new InvalidSetting(
    `limits.megabytes is ${limits.megabytes}, too much for a memorySize of ${memorySize} MB, of which the function itself takes ${baseMegabytes}: use at most ${most}, or a memorySize of ${Math.ceil(2 * limits.megabytes) + baseMegabytes}`,
  );
}

// A queue with a higher concurrency than the function is throttled, and SQS drops a message after five throttled attempts.
function assertConcurrency({ trigger, reservedConcurrency: reserved, queue }: ImageClassifierProps): void {
  const most = queue?.maxConcurrency;
  if (trigger !== 'sqs' || reserved === undefined || Token.isUnresolved(reserved)) return;
  if (reserved < 2) {
    throw new InvalidSetting(
      `reservedConcurrency is ${reserved}; with the trigger sqs it takes at least 2, the minimum concurrency of an SQS event source`,
    );
  }
  if (most !== undefined && !Token.isUnresolved(most) && most > reserved) {
    throw new InvalidSetting(
      `queue.maxConcurrency is ${most} and reservedConcurrency ${reserved}; messages beyond it would end in the dead-letter queue: use at most ${reserved}`,
    );
  }
}

function assertQueue({ trigger = 's3', queue }: ImageClassifierProps): void {
  if (!queue) return;
  if (trigger !== 'sqs') {
    throw new InvalidSetting(`queue is set and the trigger is ${trigger}; a queue needs the trigger sqs`);
  }
  if (queue.batchSize !== undefined && queue.batchSize > 10 && !queue.maxBatchingWindow?.toSeconds()) {
    throw new InvalidSetting(
      `queue.batchSize is ${queue.batchSize}; more than 10 messages need a queue.maxBatchingWindow of at least a second`,
    );
  }
}

function assertTopic({ trigger = 's3', topic }: ImageClassifierProps): void {
  if (topic && trigger !== 'sns') {
    throw new InvalidSetting(`topic is set and the trigger is ${trigger}; a topic needs the trigger sns`);
  }
  if (!topic && trigger === 'sns') {
    throw new InvalidSetting(
      'the trigger is sns and topic is not set; it takes the topic that receives the notifications of the bucket',
    );
  }
}

function assertFunctionOptions(props: ImageClassifierProps): void {
  const { vpc, vpcSubnets, securityGroups, logGroup, logRetention, layers = [], environment = {} } = props;
  if (!vpc && (vpcSubnets || securityGroups)) {
    throw new InvalidSetting(
      `${vpcSubnets ? 'vpcSubnets' : 'securityGroups'} is set and vpc is not; set vpc too`,
    );
  }
  if (logGroup && logRetention !== undefined) {
    throw new InvalidSetting(
      'logRetention is for a new log group; set the retention of the given logGroup instead',
    );
  }
  if (layers.length > maxLayers) {
    throw new InvalidSetting(
      `layers has ${layers.length}; it takes at most ${maxLayers}, as Lambda allows 5 and the runtime and the model take 2`,
    );
  }
  const reserved = Object.keys(environment).find((name) => reservedVariables.test(name));
  if (reserved !== undefined) {
    throw new InvalidSetting(
      `environment has ${reserved}, which the construct or Lambda sets; use the property for it instead`,
    );
  }
}

const maxLayers = 3;
const reservedVariables =
  /^(BUCKETLENS_|AWS_|LAMBDA_|POWERTOOLS_METRICS_NAMESPACE$|POWERTOOLS_SERVICE_NAME$)/;

function assertWriteBack({
  metadataPrefix,
  queryable,
  writeBack = ['metadata'],
}: ImageClassifierProps): void {
  if (writeBack.includes('annotation') && /^(aws|s3)/.test(metadataPrefix ?? '')) {
    throw new InvalidSetting(
      `metadataPrefix is '${metadataPrefix}'; it names the annotation too, and S3 reserves names that begin with aws or s3`,
    );
  }
  if (queryable && !writeBack.includes('annotation')) {
    throw new InvalidSetting(
      `queryable is set and writeBack is ${show(writeBack)}; only annotations can be queried: add annotation to writeBack`,
    );
  }
}

function assertBucketSettings(props: ImageClassifierProps): void {
  if (props.bucket) {
    for (const name of ['versioned', 'removalPolicy', 'autoDeleteObjects'] as const) {
      if (props[name] === undefined) continue;
      throw new InvalidSetting(
        `${name} is for a new bucket; an existing bucket keeps its own setting: leave out ${name} or the bucket`,
      );
    }
    if (props.queryable) {
      throw new InvalidSetting(
        'queryable is for a new bucket; set metadataConfiguration where the existing one is defined instead',
      );
    }
  }
  if (props.autoDeleteObjects && props.removalPolicy !== RemovalPolicy.DESTROY) {
    throw new InvalidSetting(
      'autoDeleteObjects is set and the bucket is retained; to delete it with all its images, set removalPolicy to DESTROY',
    );
  }
}
