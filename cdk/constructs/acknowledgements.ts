/** Findings of cdk-nag's AwsSolutions rules in the classifier's resources that are intended, each with the reason. */
import { Stack } from 'aws-cdk-lib';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { IConstruct } from 'constructs';
import { acknowledge, suppress } from './acknowledge.ts';

/** Acknowledges a role's permissions on every object below a prefix of a bucket. */
export function acknowledgeRightsForObjects(role: IRole, bucket: IBucket, prefix = ''): void {
  acknowledge(role, {
    id: `AwsSolutions-IAM5[Resource::${nameInFinding(role, bucket, `${prefix}*`)}]`,
    reason: 'Objects can have any key: the role has only the listed actions, on the objects below the prefix',
  });
}

/** Acknowledges a dead-letter queue that no queue redrives to. */
export function acknowledgeDeadLetterQueueFindings(queue: IQueue): void {
  acknowledge(queue, {
    id: 'AwsSolutions-SQS3',
    reason: 'This is the dead-letter queue of asynchronous invocations',
  });
}

/** Acknowledges a bucket that the classifier creates. The findings in an existing bucket are for its owner. */
export function acknowledgeBucketFindings(bucket: IConstruct): void {
  acknowledge(bucket, {
    id: 'AwsSolutions-S1',
    reason: 'Access logs need a bucket of their own and are for the owner to enable',
  });
}

/** Acknowledges the singleton function that the CDK adds to a stack to set the notifications of buckets. */
export function acknowledgeNotificationsHandlerFindings(stack: Stack): void {
  const handler = stack.node.tryFindChild('BucketNotificationsHandler050a0587b7544547bf325f094a3db834');
  if (!handler || acknowledgedHandlers.has(handler)) return;
  acknowledgedHandlers.add(handler);
  acknowledge(handler, {
    id: 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]',
    reason: 'The function and its role belong to the CDK; it runs during deployments only',
  });
  suppress(handler, {
    id: 'AwsSolutions-IAM5[Resource::*]',
    reason: 'The role belongs to the CDK, whose newer versions limit it to the buckets',
  });
}

/** The singletons that another classifier of the same stack has acknowledged. */
const acknowledgedHandlers = new WeakSet<IConstruct>();

/** Acknowledges the permissions of a function that X-Ray traces, or that joins a VPC. */
export function acknowledgeRightsForAll(role: IRole): void {
  acknowledge(role, {
    id: 'AwsSolutions-IAM5[Resource::*]',
    reason: 'X-Ray has no resource-level permissions, and network interfaces are created by Lambda',
  });
}

/** Acknowledges the role that the CDK creates for CodeDeploy. */
export function acknowledgeDeploymentFindings(group: IConstruct): void {
  acknowledge(group, {
    id: 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSCodeDeployRoleForLambdaLimited]',
    reason: 'The managed policy is the one that CodeDeploy documents for Lambda',
  });
}

/** The objects' ARN as cdk-nag writes it in a finding. */
function nameInFinding(role: IRole, bucket: IBucket, keys: string): string {
  return flatten(Stack.of(role).resolve(bucket.arnForObjects(keys)));
}

/** Follows cdk-nag's flattenCfnReference: intrinsics other than these appear as JSON. */
function flatten(value: unknown): string {
  if (typeof value === 'string') return value.replaceAll('${', '<').replaceAll('}', '>');
  const [[name, argument]] = Object.entries(value as object) as [[string, unknown]];
  switch (name) {
    case 'Fn::Join': {
      const [delimiter, parts] = argument as [string, unknown[]];
      return parts.map(flatten).join(delimiter);
    }
    case 'Fn::Sub':
      // With variables the argument is an array, which cdk-nag shows as JSON.
      return Array.isArray(argument) ? JSON.stringify(argument) : flatten(argument);
    case 'Fn::GetAtt':
      return `<${(argument as unknown[]).map(flatten).join('.')}>`;
    case 'Fn::ImportValue':
      return flatten(argument);
    case 'Ref':
      return `<${flatten(argument)}>`;
    default:
      return JSON.stringify(value);
  }
}
