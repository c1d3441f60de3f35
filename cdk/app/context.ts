/** cdk.json's context and `-c name=value` -> the stack's properties. On the command line every value is text. */
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Architecture } from 'aws-cdk-lib/aws-lambda';
import type { Node } from 'constructs';
import * as v from 'valibot';
import { writeBackModes } from '../../functions/classify/write-back/mode.ts';
import { InvalidSetting } from '../constructs/setting-checks.ts';
import type { BucketlensStackProps } from './stack.ts';

const text = v.pipe(v.string('takes a text'), v.nonEmpty('is empty'));
const number = v.pipe(
  v.union([v.number(), v.pipe(text, v.transform(Number))], 'takes a number'),
  v.number('takes a number'),
);
const yesOrNo = v.pipe(
  v.union([v.boolean(), v.picklist(['true', 'false'])], 'takes true or false'),
  v.transform((value) => value === true || value === 'true'),
);
const commaSeparated = v.union(
  [
    v.array(text),
    v.pipe(
      text,
      v.transform((list) => list.split(',')),
    ),
  ],
  'takes texts with commas between them',
);

const bucketName = v.pipe(
  v.string('takes a text'),
  v.regex(
    /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
    'takes the name of a bucket: 3 to 63 of a-z 0-9 . -, with a letter or digit at both ends',
  ),
);
const keyArn = v.pipe(
  v.string('takes a text'),
  v.regex(
    /^arn:aws[\w-]*:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+$/,
    'takes the ARN of a key, not of an alias: arn:aws:kms:REGION:ACCOUNT:key/ID',
  ),
);
const seconds = v.pipe(
  number,
  v.integer('takes a whole number of seconds'),
  v.minValue(0, 'takes a number from 0'),
);

const email = v.pipe(v.string('takes a text'), v.email('takes an e-mail address such as you@example.com'));
const removalPolicy = v.pipe(
  v.picklist(['retain', 'destroy'], 'takes retain or destroy'),
  v.transform((policy) => (policy === 'destroy' ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN)),
);

const stackSchema = v.object({
  bucketName: v.exactOptional(bucketName),
  encryptionKeyArn: v.exactOptional(keyArn),
  notifyEmail: v.exactOptional(email),
  alarms: v.exactOptional(yesOrNo),
  alarmEmail: v.exactOptional(email),
  dashboard: v.exactOptional(yesOrNo),
});

const classifierSchema = v.object({
  architecture: v.exactOptional(
    v.pipe(
      v.picklist(['arm64', 'x86_64'], 'takes arm64 or x86_64'),
      v.transform((name) => (name === 'arm64' ? Architecture.ARM_64 : Architecture.X86_64)),
    ),
  ),
  model: v.exactOptional(text),
  memorySize: v.exactOptional(number),
  reservedConcurrency: v.exactOptional(number),
  tracing: v.exactOptional(yesOrNo),
  versioned: v.exactOptional(yesOrNo),
  removalPolicy: v.exactOptional(removalPolicy),
  autoDeleteObjects: v.exactOptional(yesOrNo),
  prefix: v.exactOptional(text),
  suffixes: v.exactOptional(commaSeparated),
  trigger: v.exactOptional(v.picklist(['s3', 'eventbridge', 'sqs'], 'takes s3, eventbridge or sqs')),
  copies: v.exactOptional(yesOrNo),
  writeBack: v.exactOptional(
    v.union(
      [v.literal('none'), v.pipe(commaSeparated, v.array(v.picklist(writeBackModes)))],
      `takes any of ${writeBackModes.join(', ')} with commas between them, or none`,
    ),
  ),
  queryable: v.exactOptional(yesOrNo),
  metadataPrefix: v.exactOptional(text),
  topK: v.exactOptional(number),
  minScore: v.exactOptional(number),
  generalScore: v.exactOptional(number),
});

const queueSchema = v.object({
  batchSize: v.exactOptional(number),
  batchingWindowSeconds: v.exactOptional(seconds),
  maxConcurrency: v.exactOptional(number),
});

/**
 * @throws InvalidSetting for a value that a setting does not take, or a name that differs from a setting's in case alone;
 * any other name is CDK's own.
 */
export function readContext(node: Node): BucketlensStackProps {
  assertSpelling(Object.keys(node.getAllContext()));
  const given = Object.fromEntries(
    settingNames
      .map((name) => [name, node.tryGetContext(name)] as const)
      .filter(([, value]) => value !== undefined),
  );
  const result = v.safeParse(contextSchema, { stack: given, classifier: given, queue: given });
  if (!result.success) {
    const sentences = result.issues.map((issue) => {
      const name = v.getDotPath(issue)?.split('.')[1] ?? '';
      return `-c ${name}=${node.tryGetContext(name)}: ${name} ${issue.message}`;
    });
    throw new InvalidSetting(sentences.join('; '));
  }
  const { stack, classifier, queue } = result.output;
  const { batchingWindowSeconds, ...queueOptions } = queue;
  return {
    ...stack,
    classifier: {
      ...classifier,
      ...(Object.keys(queue).length > 0 && {
        queue: {
          ...queueOptions,
          ...(batchingWindowSeconds !== undefined && {
            maxBatchingWindow: Duration.seconds(batchingWindowSeconds),
          }),
        },
      }),
    },
  };
}

const contextSchema = v.object({ stack: stackSchema, classifier: classifierSchema, queue: queueSchema });
const settingNames = Object.values(contextSchema.entries).flatMap(({ entries }) => Object.keys(entries));

function assertSpelling(contextNames: readonly string[]): void {
  const sentences = contextNames.flatMap((name) => {
    const setting = settingNames.find((candidate) => candidate.toLowerCase() === name.toLowerCase());
    return setting === undefined || setting === name
      ? []
      : [`${name} is no setting; it is spelled ${setting}`];
  });
  if (sentences.length > 0) throw new InvalidSetting(sentences.join('; '));
}
