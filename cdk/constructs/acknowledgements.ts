/** What cdk-nag's AwsSolutions rules find in our resources, and why it stays. */
import { Stack, Validations } from 'aws-cdk-lib';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { IConstruct } from 'constructs';

/** For a role that may do something with every object of a bucket below a prefix. */
export function acknowledgeRightsForObjects(role: IRole, bucket: IBucket, prefix = ''): void {
  Validations.of(role).acknowledge({
    id: `AwsSolutions-IAM5[Resource::${nameInFinding(role, bucket, `${prefix}*`)}]`,
    reason: 'Objects have any key: the rights are for the objects below the prefix, action by action',
  });
}

/** For a dead-letter queue that no other queue redrives to. */
export function acknowledgeDeadLetterQueueFindings(queue: IQueue): void {
  Validations.of(queue).acknowledge({
    id: 'AwsSolutions-SQS3',
    reason: 'It is the dead-letter queue, of asynchronous invocations',
  });
}

/** For a bucket that the classifier makes; the findings of one that was given are its owner's. */
export function acknowledgeBucketFindings(bucket: IConstruct): void {
  Validations.of(bucket).acknowledge({
    id: 'AwsSolutions-S1',
    reason: 'Access logs are for the owner to choose, with a bucket of their own for them',
  });
}

/** For the function that CDK adds to a stack to set a bucket's notifications. */
export function acknowledgeNotificationsHandlerFindings(stack: Stack): void {
  const handler = stack.node.tryFindChild('BucketNotificationsHandler050a0587b7544547bf325f094a3db834');
  if (!handler) return;
  Validations.of(handler).acknowledge({
    id: 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]',
    reason: "CDK's own function, which runs at deployment only: its role is CDK's to choose",
  });
}

/** For a function that is followed by X-Ray. */
export function acknowledgeTracingFindings(role: IRole): void {
  Validations.of(role).acknowledge({
    id: 'AwsSolutions-IAM5[Resource::*]',
    reason: 'X-Ray knows no resources: who may send traces may send any',
  });
}

/** An ARN as cdk-nag writes it: `<LogicalId.Arn>`, or the parts of a name joined. */
function nameInFinding(role: IRole, bucket: IBucket, keys: string): string {
  return flatten(Stack.of(role).resolve(bucket.arnForObjects(keys)));
}

type CfnValue = string | { Ref: string } | { 'Fn::GetAtt': string[] } | { 'Fn::Join': [string, CfnValue[]] };

function flatten(value: CfnValue): string {
  if (typeof value === 'string') return value;
  if ('Ref' in value) return `<${value.Ref}>`;
  if ('Fn::GetAtt' in value) return `<${value['Fn::GetAtt'].join('.')}>`;
  return value['Fn::Join'][1].map(flatten).join('');
}
