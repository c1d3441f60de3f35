/** The Lambda function of a classifier, with its layers, role, logs and environment. */
import { basename } from 'node:path';
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  type Architecture,
  Code,
  Function as LambdaFunction,
  LayerVersion,
  Runtime,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { defaultMegabytes } from '../../functions/classify/memory.ts';
import type { Artefacts } from './artefacts.ts';
import type { ImageClassifierProps } from './image-classifier-props.ts';
import { metricsNamespace, serviceName } from './monitoring/metrics.ts';

interface FunctionOptions {
  readonly props: ImageClassifierProps;
  readonly architecture: Architecture;
  readonly artefacts: Artefacts;
  readonly deadLetterQueue: IQueue;
}

/** The function may log and reach its dead-letter queue; all other rights are granted by `grantAccess`. */
export function createFunction(scope: Construct, options: FunctionOptions): LambdaFunction {
  const { props, architecture, artefacts, deadLetterQueue } = options;
  const {
    memorySize = defaultMegabytes,
    timeout = defaultTimeout,
    reservedConcurrency,
    logRetention = RetentionDays.ONE_MONTH,
    tracing = false,
  } = props;
  const logGroup = new LogGroup(scope, 'Logs', {
    retention: logRetention,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  // Our own role: the one that CDK would make may write to every log group of the account.
  const role = new Role(scope, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  logGroup.grantWrite(role);

  return new LambdaFunction(scope, 'Function', {
    description: 'Labels the images that are uploaded to a bucket (Bucketlens)',
    runtime: Runtime.NODEJS_24_X,
    architecture,
    memorySize,
    timeout,
    ...(reservedConcurrency !== undefined && { reservedConcurrentExecutions: reservedConcurrency }),
    tracing: tracing ? Tracing.ACTIVE : Tracing.DISABLED,
    handler: 'index.handler',
    code: Code.fromAsset(artefacts.functionDir),
    layers: [
      new LayerVersion(scope, 'Runtime', {
        description: 'onnxruntime-node',
        code: Code.fromAsset(artefacts.runtimeLayerDir),
        compatibleArchitectures: [architecture],
      }),
      new LayerVersion(scope, 'Model', {
        description: basename(artefacts.modelLayerDir),
        code: Code.fromAsset(artefacts.modelLayerDir),
      }),
    ],
    environment: environment(props, scope),
    role,
    logGroup,
    retryAttempts: 2,
    onFailure: new SqsDestination(deadLetterQueue),
  });
}

const defaultTimeout = Duration.seconds(60);

/** As functions/classify/config.ts reads it; what is not set has its default there. */
function environment(
  { eventBus, limits, writeBack, metadataPrefix, topK, minScore, generalScore }: ImageClassifierProps,
  scope: Construct,
): Record<string, string> {
  const variables = {
    // By its ARN a bus of another account or region is reached too.
    BUCKETLENS_EVENT_BUS: eventBus?.eventBusArn,
    BUCKETLENS_WRITE_BACK: writeBack,
    BUCKETLENS_METADATA_PREFIX: metadataPrefix,
    BUCKETLENS_TOP_K: topK,
    BUCKETLENS_MIN_SCORE: minScore,
    BUCKETLENS_GENERAL_SCORE: generalScore,
    BUCKETLENS_MAX_MEGABYTES: limits?.megabytes,
    BUCKETLENS_MAX_MEGAPIXELS: limits?.megapixels,
    POWERTOOLS_METRICS_NAMESPACE: metricsNamespace,
    POWERTOOLS_SERVICE_NAME: serviceName(scope),
  };
  return Object.fromEntries(
    Object.entries(variables).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, String(value)]],
    ),
  );
}
