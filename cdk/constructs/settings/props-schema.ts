/** One row for each property of ImageClassifier: the values it takes. The construct and the deployed stack read it. */
import { RemovalPolicy, Token } from 'aws-cdk-lib';
import { type ILambdaDeploymentConfig, LambdaDeploymentConfig } from 'aws-cdk-lib/aws-codedeploy';
import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import type { IEventBus } from 'aws-cdk-lib/aws-events';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Architecture, type ILayerVersion } from 'aws-cdk-lib/aws-lambda';
import { type ILogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import * as v from 'valibot';
import type { LabelRules } from '../../../functions/classify/network/label-rules.ts';
import { writeBackModes } from '../../../functions/classify/write-back/mode.ts';
import { bucketName, keyArn, keyPart, metadataName, topicArn } from './aws-values.ts';
import { choice, list, number, resource, seconds, splitAtCommas, text, yesOrNo } from './values.ts';

const architectures = { arm64: Architecture.ARM_64, x86_64: Architecture.X86_64 } as const;
const retentionDays = Object.entries(RetentionDays).filter((entry): entry is [string, number] =>
  Number.isInteger(entry[1]),
);

const writeBackTakes = `takes any of ${writeBackModes.join(', ')}, each at most once, or 'none'`;

const filterRows = { prefix: v.exactOptional(keyPart()), suffixes: v.exactOptional(suffixList()) };

/** The properties that can be text, number or yes-or-no: settings of the deployed stack under the same names. */
export const valueRows = {
  ...filterRows,
  model: v.exactOptional(text('takes the name of a model, or the path of a model folder')),
  labelRules: v.exactOptional(
    v.union(
      [text('takes a path'), v.custom<LabelRules>(isObject)],
      'takes the path of a file with label rules, or rules such as { drop: ["web_site"] }',
    ),
  ),
  heic: v.exactOptional(yesOrNo()),
  architecture: v.exactOptional(architecture()),
  memorySize: v.exactOptional(number({ min: 512, max: 10_240, unit: 'MB', whole: true })),
  timeout: v.exactOptional(seconds({ min: 10, max: 900 })),
  reservedConcurrency: v.exactOptional(number({ min: 0, max: 100_000, whole: true })),
  logRetention: v.exactOptional(logRetention()),
  tracing: v.exactOptional(yesOrNo()),
  deploymentConfig: v.exactOptional(deploymentConfig()),
  limits: v.exactOptional(
    v.object(
      {
        megabytes: v.exactOptional(number({ min: 0.001, max: 1000, unit: 'MB' })),
        megapixels: v.exactOptional(number({ min: 0.001, max: 1000, unit: 'MP' })),
      },
      'takes limits.megabytes and limits.megapixels',
    ),
  ),
  versioned: v.exactOptional(yesOrNo()),
  removalPolicy: v.exactOptional(
    v.pipe(
      choice([RemovalPolicy.RETAIN, RemovalPolicy.DESTROY]),
      v.transform((policy) => policy as RemovalPolicy),
    ),
  ),
  autoDeleteObjects: v.exactOptional(yesOrNo()),
  trigger: v.exactOptional(choice(['s3', 'sqs', 'eventbridge', 'sns'])),
  queue: v.exactOptional(
    v.object(
      {
        batchSize: v.exactOptional(number({ min: 1, max: 10_000, whole: true })),
        maxBatchingWindow: v.exactOptional(seconds({ min: 0, max: 300 })),
        maxConcurrency: v.exactOptional(number({ min: 2, max: 1000, whole: true })),
      },
      'takes queue.batchSize, queue.maxBatchingWindow and queue.maxConcurrency',
    ),
  ),
  copies: v.exactOptional(yesOrNo()),
  writeBack: v.exactOptional(writeBack()),
  queryable: v.exactOptional(yesOrNo()),
  metadataPrefix: v.exactOptional(metadataName()),
  topK: v.exactOptional(number({ min: 1, max: 1000, whole: true })),
  minScore: v.exactOptional(number({ min: 0, max: 1 })),
  generalScore: v.exactOptional(number({ min: 0.5, max: 1 })),
} as const;

const encryptionKey = v.exactOptional(
  v.union(
    [resource<IKey>('keyArn', 'takes a key'), keyArn()],
    'takes a key, such as Key.fromKeyArn(…), or its ARN',
  ),
);

/** The properties of a labelled bucket, as `addBucket` takes them. */
export const bucketOptionRows = { ...filterRows, encryptionKey } as const;

/** The properties that are CDK resources. JavaScript may pass a name or an ARN instead. */
export const resourceRows = {
  bucket: v.exactOptional(
    v.union(
      [resource<IBucket>('addEventNotification', 'takes a bucket'), bucketName()],
      'takes a bucket, such as Bucket.fromBucketName(…), or its name',
    ),
  ),
  encryptionKey,
  topic: v.exactOptional(
    v.union(
      [resource<ITopic>('topicArn', 'takes a topic'), topicArn()],
      'takes a topic, such as Topic.fromTopicArn(…), or its ARN',
    ),
  ),
  vpc: v.exactOptional(resource<IVpc>('vpcId', 'takes a VPC, such as Vpc.fromLookup(…)')),
  vpcSubnets: v.exactOptional(
    v.custom<SubnetSelection>(
      isObject,
      'takes a selection such as { subnetType: SubnetType.PRIVATE_ISOLATED }',
    ),
  ),
  securityGroups: v.exactOptional(
    v.array(
      resource<ISecurityGroup>('securityGroupId', 'takes security groups'),
      'takes a list of security groups',
    ),
  ),
  role: v.exactOptional(resource<IRole>('roleArn', 'takes a role, such as Role.fromRoleArn(…)')),
  environment: v.exactOptional(
    v.record(v.string(), text('takes texts'), 'takes an object such as { POWERTOOLS_LOG_LEVEL: "DEBUG" }'),
  ),
  layers: v.exactOptional(
    v.array(
      resource<ILayerVersion>('layerVersionArn', 'takes layers such as LayerVersion.fromLayerVersionArn(…)'),
      'takes a list of layers',
    ),
  ),
  logGroup: v.exactOptional(
    resource<ILogGroup>('logGroupArn', 'takes a log group, such as LogGroup.fromLogGroupName(…)'),
  ),
  eventBus: v.exactOptional(
    v.union(
      [
        resource<IEventBus>('grantPutEventsTo', 'takes an event bus'),
        text('takes the name or ARN of an event bus'),
      ],
      'takes an event bus, such as EventBus.fromEventBusName(…), or its name or ARN',
    ),
  ),
} as const;

/** The options of `addAlarms`. */
export const alarmRows = {
  topic: resourceRows.topic,
  email: v.exactOptional(text('takes an e-mail address such as you@example.com')),
} as const;

function suffixList() {
  const takes = 'takes a list of texts such as .jpg,.png';
  return v.pipe(
    v.unknown(),
    v.check(
      (suffixes) => !(Array.isArray(suffixes) && Token.isUnresolved(suffixes)),
      'takes texts known at synthesis: each needs a notification of its own, so write them out',
    ),
    list(keyPart(), takes),
    v.check(
      (suffixes) => suffixes.every((suffix) => !suffix.includes(',')),
      'takes no suffix that contains a comma',
    ),
  );
}

function architecture() {
  return v.pipe(
    v.unknown(),
    v.transform((value) =>
      typeof value === 'object' && value !== null && 'name' in value ? value.name : value,
    ),
    v.picklist(['arm64', 'x86_64'], 'takes arm64 or x86_64'),
    v.transform((name) => architectures[name]),
  );
}

function deploymentConfig() {
  const known = predefinedConfigs();
  const takes = `takes a LambdaDeploymentConfig: ${[...known.keys()].join(', ')}`;
  return v.pipe(
    v.unknown(),
    v.transform((value) => (typeof value === 'string' ? (known.get(value.toUpperCase()) ?? value) : value)),
    resource<ILambdaDeploymentConfig>('deploymentConfigName', takes),
  );
}

/** The configurations of CodeDeploy by their names in the CDK, where they are static members of a class or of its parent. */
function predefinedConfigs(): ReadonlyMap<string, ILambdaDeploymentConfig> {
  const configs = new Map<string, ILambdaDeploymentConfig>();
  for (const name in LambdaDeploymentConfig) {
    const member: unknown = LambdaDeploymentConfig[name as keyof typeof LambdaDeploymentConfig];
    if (isObject(member)) configs.set(name, member as ILambdaDeploymentConfig);
  }
  return configs;
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

function logRetention() {
  const takes = `takes a number of days that CloudWatch offers: ${retentionDays.map(([, days]) => days).join(', ')}`;
  return v.pipe(
    v.unknown(),
    v.transform((value) => retentionDays.find(([name]) => name === value)?.[1] ?? Number(value)),
    v.picklist(
      retentionDays.map(([, days]) => days),
      takes,
    ),
    v.transform((days) => days as RetentionDays),
  );
}

function writeBack() {
  return v.pipe(
    v.unknown(),
    v.transform(splitAtCommas),
    v.transform((value) =>
      Array.isArray(value) && value.length === 1 && value[0] === 'none' ? 'none' : value,
    ),
    v.union(
      [
        v.literal('none'),
        v.pipe(
          v.array(v.picklist(writeBackModes)),
          v.nonEmpty(writeBackTakes),
          v.check((modes) => new Set(modes).size === modes.length, writeBackTakes),
        ),
      ],
      writeBackTakes,
    ),
  );
}
