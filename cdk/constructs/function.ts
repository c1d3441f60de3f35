/** The Lambda function of a classifier, with its layers, role, logs and environment. */
import { basename } from 'node:path';
import { Annotations, Duration, FileSystem, RemovalPolicy } from 'aws-cdk-lib';
import { type IRole, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  type Architecture,
  Code,
  Function as LambdaFunction,
  LayerVersion,
  Runtime,
  RuntimeFamily,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { type ILogGroup, LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { defaultMegabytes } from '../../functions/classify/memory.ts';
import type { Artefacts } from './artefacts.ts';
import type { ImageClassifierProps } from './image-classifier-props.ts';
import { metricsNamespace, serviceName } from './monitoring/metrics.ts';

interface FunctionParts {
  readonly props: ImageClassifierProps;
  readonly architecture: Architecture;
  readonly artefacts: Artefacts;
  readonly deadLetterQueue: IQueue;
}

/** Creates a function that may log and use its dead-letter queue; `grantAccess` grants everything else. */
export function createFunction(
  scope: Construct,
  { props, architecture, artefacts, deadLetterQueue }: FunctionParts,
): LambdaFunction {
  const {
    memorySize = defaultMegabytes,
    timeout = defaultTimeout,
    reservedConcurrency,
    tracing = false,
  } = props;
  const { vpc, vpcSubnets, securityGroups, layers = [] } = props;
  const logGroup = props.logGroup ?? createLogGroup(scope, props);
  // The role that the CDK would create may write to every log group of the account.
  const role =
    props.role ?? new Role(scope, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  logGroup.grantWrite(role);
  if (vpc) joinVpc(scope, role);

  const labeller = new LambdaFunction(scope, 'Function', {
    description: 'Labels the images that are uploaded to a bucket (Bucketlens)',
    // Older versions of the CDK have no constant for it.
    runtime: new Runtime('nodejs24.x', RuntimeFamily.NODEJS, { supportsInlineCode: true }),
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
      ...layers,
    ],
    environment: { ...props.environment, ...ownEnvironment(props, scope) },
    ...(vpc && { vpc }),
    ...(vpcSubnets && { vpcSubnets }),
    ...(securityGroups && { securityGroups: [...securityGroups] }),
    // CloudFormation would delete the old version, and an operator could not return to it.
    ...(props.deploymentConfig && { currentVersionOptions: { removalPolicy: RemovalPolicy.RETAIN } }),
    role,
    logGroup,
    ...asyncInvocation(deadLetterQueue),
  });
  // Without the CDK's flag for it, a changed layer would publish no new version.
  if (props.deploymentConfig) {
    for (const dir of [artefacts.runtimeLayerDir, artefacts.modelLayerDir]) {
      labeller.invalidateVersionBasedOn(FileSystem.fingerprint(dir));
    }
  }
  return labeller;
}

/** Retries and the dead-letter queue of asynchronous invocations, for a function or an alias. */
export function asyncInvocation(deadLetterQueue: IQueue) {
  return { retryAttempts: 2, onFailure: new SqsDestination(deadLetterQueue) };
}

const defaultTimeout = Duration.seconds(60);

function createLogGroup(
  scope: Construct,
  { logRetention = RetentionDays.ONE_MONTH }: ImageClassifierProps,
): ILogGroup {
  return new LogGroup(scope, 'Logs', { retention: logRetention, removalPolicy: RemovalPolicy.DESTROY });
}

/** The permissions of AWSLambdaVPCAccessExecutionRole on network interfaces, without its permissions on every log group. */
function joinVpc(scope: Construct, role: IRole): void {
  role.addToPrincipalPolicy(
    new PolicyStatement({
      actions: [
        'ec2:CreateNetworkInterface',
        'ec2:DescribeNetworkInterfaces',
        'ec2:DescribeSubnets',
        'ec2:DeleteNetworkInterface',
        'ec2:AssignPrivateIpAddresses',
        'ec2:UnassignPrivateIpAddresses',
      ],
      resources: ['*'],
    }),
  );
  Annotations.of(scope).addInfo(
    'In a VPC without a NAT, the function needs a gateway endpoint for S3 and an interface endpoint for EventBridge (GatewayVpcEndpointAwsService.S3, InterfaceVpcEndpointAwsService.EVENTBRIDGE)',
  );
}

/** The variables that functions/classify/config.ts reads. It has defaults for those that are not set. */
function ownEnvironment(
  { eventBus, limits, writeBack, metadataPrefix, topK, minScore, generalScore }: ImageClassifierProps,
  scope: Construct,
): Record<string, string> {
  const variables = {
    // The ARN reaches buses of other accounts and regions too.
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
