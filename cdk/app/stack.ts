/** The stack that `cdk deploy` creates: one ImageClassifier, with outputs that name its resources and a command to try it. */
import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { ImageClassifier } from '../constructs/image-classifier.ts';
import type { ImageClassifierProps } from '../constructs/image-classifier-props.ts';
import { importEventBus, importTopic } from '../constructs/settings/imports.ts';
import { InvalidSetting } from '../constructs/settings/invalid-setting.ts';

export interface BucketlensStackProps extends StackProps {
  /** An existing bucket in the stack's account and region. Default: a new one. */
  readonly bucketName?: string;
  /** The customer managed KMS key of the bucket. Default: none. */
  readonly encryptionKeyArn?: string;
  /** The name or ARN of the bus that receives prediction events. Default: the account's default bus. */
  readonly eventBusName?: string;
  /** With the trigger `sns`: the topic that receives the notifications of the bucket. */
  readonly topicArn?: string;
  readonly classifier?: Omit<ImageClassifierProps, 'bucket' | 'encryptionKey' | 'eventBus' | 'topic'>;
  /** An address that receives an e-mail for each image. Default: none. */
  readonly notifyEmail?: string;
  /** Default: true; CloudWatch charges for alarms by the month. */
  readonly alarms?: boolean;
  /** An address that is notified of alarms. Default: none; CloudWatch shows them. */
  readonly alarmEmail?: string;
  /** Default: true; CloudWatch charges for dashboards by the month. */
  readonly dashboard?: boolean;
}

/** CloudFormation refuses a template with a longer output. */
const maxOutputBytes = 4096;

export class BucketlensStack extends Stack {
  readonly classifier: ImageClassifier;

  /** @throws InvalidSetting, InvalidModel, HeicDecoderMissing, TooLargeForLambda */
  constructor(
    scope: Construct,
    id: string,
    {
      bucketName,
      encryptionKeyArn,
      eventBusName,
      topicArn,
      classifier = {},
      ...rest
    }: BucketlensStackProps = {},
  ) {
    const { notifyEmail, alarms = true, alarmEmail, dashboard = true, ...stackProps } = rest;
    super(scope, id, {
      description: 'Labels the images that are uploaded to a bucket (Bucketlens)',
      ...stackProps,
    });
    this.classifier = new ImageClassifier(this, 'Labels', {
      ...classifier,
      ...(bucketName !== undefined && { bucket: Bucket.fromBucketName(this, 'Bucket', bucketName) }),
      ...(encryptionKeyArn !== undefined && {
        encryptionKey: Key.fromKeyArn(this, 'EncryptionKey', encryptionKeyArn),
      }),
      ...(topicArn !== undefined && { topic: importTopic(this, 'Topic', topicArn) }),
      ...(eventBusName !== undefined && { eventBus: importEventBus(this, 'EventBus', eventBusName) }),
    });
    if (notifyEmail !== undefined) this.classifier.notifyEmail(notifyEmail);
    this.addMonitoring({ alarms, dashboard, ...(alarmEmail !== undefined && { alarmEmail }) });
    this.addOutputs();
    this.addBackfillOutputs();
  }

  /** Outputs the settings of this deployment, which `bucketlens deploy --only-model` repeats, unless they are too long. */
  recordSettings(settings: Readonly<Record<string, unknown>>): void {
    const value = JSON.stringify(settings);
    if (Buffer.byteLength(value) > maxOutputBytes) return;
    new CfnOutput(this, 'Settings', { description: 'For bucketlens deploy --only-model', value });
  }

  private addMonitoring({ alarms, alarmEmail, dashboard }: BucketlensStackProps): void {
    if (alarms) this.classifier.addAlarms(alarmEmail === undefined ? {} : { email: alarmEmail });
    else if (alarmEmail !== undefined) {
      throw new InvalidSetting(`alarmEmail is ${alarmEmail} and alarms are off: leave out alarms=false`);
    }
    if (!dashboard) return;
    const { dashboardName } = this.classifier.addDashboard();
    new CfnOutput(this, 'DashboardUrl', {
      description: 'The dashboard: uploads, labels, durations, failures and cost',
      value: `https://${this.region}.console.aws.amazon.com/cloudwatch/home?region=${this.region}#dashboards/dashboard/${dashboardName}`,
    });
  }

  private addOutputs(): void {
    const { bucket, function: labeller, eventBus, deadLetterQueue, buckets } = this.classifier;
    const { prefix = '' } = buckets[0]!;
    const output = (id: string, description: string, value: string) =>
      new CfnOutput(this, id, { description, value });
    output('BucketName', 'Upload images here', bucket.bucketName);
    output('FunctionName', 'The Lambda function that labels images', labeller.functionName);
    output('LogGroupName', 'The log of the function: a line for each image', labeller.logGroup.logGroupName);
    output('EventBusName', 'The bus that receives prediction events', eventBus.eventBusName);
    output('DeadLetterQueueUrl', 'The queue of events that failed every attempt', deadLetterQueue.queueUrl);
    const name = bucket.bucketName;
    const key = `${prefix}cat.jpg`;
    output(
      'TryIt',
      'Uploads cat.jpg and shows its labels',
      `aws s3 cp cat.jpg ${shellWord(`s3://${name}/${key}`)} && sleep 5 && aws s3api head-object --bucket ${name} --key ${shellWord(key)} --query Metadata`,
    );
  }

  /** The outputs that local/cli/aws/deployment.ts reads. */
  private addBackfillOutputs(): void {
    const { function: labeller, alias, backfill, buckets } = this.classifier;
    const { prefix, suffixes = [] } = buckets[0]!;
    const output = (id: string, value: string) =>
      new CfnOutput(this, id, { description: 'For npx bucketlens backfill', value });
    output('FunctionArn', labeller.functionArn);
    if (alias) output('AliasArn', alias.functionArn);
    output('BackfillRoleArn', backfill.role.roleArn);
    output('BackfillReportsBucketName', backfill.reportsBucket.bucketName);
    if (prefix !== undefined) output('KeyPrefix', prefix);
    if (suffixes.length > 0) output('KeySuffixes', suffixes.join(','));
  }
}

/** One word of a shell command, quoted only if it has to be. Names known only at deployment need no quotes. */
function shellWord(text: string): string {
  return /[^\w/.:=@%+-]/.test(text.replaceAll(/\$\{Token\[[^\]]*\]\}/g, ''))
    ? `'${text.replaceAll("'", "'\\''")}'`
    : text;
}
