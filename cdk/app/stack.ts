/** The stack that `cdk deploy` makes: one ImageClassifier, and as outputs what there is and how to try it. */
import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { acknowledgeNotificationsHandlerFindings } from '../constructs/acknowledgements.ts';
import { ImageClassifier } from '../constructs/image-classifier.ts';
import type { ImageClassifierProps } from '../constructs/image-classifier-props.ts';
import { InvalidSetting } from '../constructs/setting-checks.ts';

export interface BucketlensStackProps extends StackProps {
  /** An existing bucket of the stack's account and region. Default: a new one. */
  readonly bucketName?: string;
  /** The key that the bucket is encrypted with, if it is one of the account's own. */
  readonly encryptionKeyArn?: string;
  readonly classifier?: Omit<ImageClassifierProps, 'bucket' | 'encryptionKey'>;
  /** An address that gets an e-mail for each image. Default: none. */
  readonly notifyEmail?: string;
  /** Default: true; CloudWatch charges for alarms by the month. */
  readonly alarms?: boolean;
  /** An address that is told of alarms. Default: none; CloudWatch shows them. */
  readonly alarmEmail?: string;
  /** Default: true; CloudWatch charges for dashboards by the month. */
  readonly dashboard?: boolean;
}

export class BucketlensStack extends Stack {
  readonly classifier: ImageClassifier;

  /** @throws InvalidSetting, InvalidModel, TooLargeForLambda */
  constructor(
    scope: Construct,
    id: string,
    { bucketName, encryptionKeyArn, classifier = {}, ...rest }: BucketlensStackProps = {},
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
    });
    if (notifyEmail !== undefined) this.classifier.notifyEmail(notifyEmail);
    this.addMonitoring({ alarms, dashboard, ...(alarmEmail !== undefined && { alarmEmail }) });
    acknowledgeNotificationsHandlerFindings(this);
    this.addOutputs(classifier);
    this.addBackfillOutputs(classifier);
  }

  private addMonitoring({ alarms, alarmEmail, dashboard }: BucketlensStackProps): void {
    if (alarms) this.classifier.addAlarms(alarmEmail === undefined ? {} : { email: alarmEmail });
    else if (alarmEmail !== undefined) {
      throw new InvalidSetting(`alarmEmail is ${alarmEmail} and there are no alarms: leave out alarms=false`);
    }
    if (!dashboard) return;
    const { dashboardName } = this.classifier.addDashboard();
    new CfnOutput(this, 'DashboardUrl', {
      description: 'What came in, what was seen, what failed and what it cost',
      value: `https://${this.region}.console.aws.amazon.com/cloudwatch/home?region=${this.region}#dashboards/dashboard/${dashboardName}`,
    });
  }

  private addOutputs({ prefix = '' }: ImageClassifierProps): void {
    const { bucket, function: labeller, eventBus, deadLetterQueue } = this.classifier;
    const output = (id: string, description: string, value: string) =>
      new CfnOutput(this, id, { description, value });
    output('BucketName', 'Upload images here', bucket.bucketName);
    output('FunctionName', 'The function that labels them', labeller.functionName);
    output('LogGroupName', 'Its log: a line for each image', labeller.logGroup.logGroupName);
    output('EventBusName', 'Where its prediction events are published', eventBus.eventBusName);
    output('DeadLetterQueueUrl', 'Where events end up that failed three times', deadLetterQueue.queueUrl);
    const name = bucket.bucketName;
    output(
      'TryIt',
      'Uploads cat.jpg and shows its labels',
      `aws s3 cp cat.jpg s3://${name}/${prefix}cat.jpg && sleep 5 && aws s3api head-object --bucket ${name} --key ${prefix}cat.jpg --query Metadata`,
    );
  }

  /** As local/cli/aws/deployment.ts reads them. */
  private addBackfillOutputs({ prefix, suffixes = [] }: ImageClassifierProps): void {
    const { function: labeller, backfill } = this.classifier;
    const output = (id: string, value: string) =>
      new CfnOutput(this, id, { description: 'For npm run backfill', value });
    output('FunctionArn', labeller.functionArn);
    output('BackfillRoleArn', backfill.role.roleArn);
    output('BackfillReportsBucketName', backfill.reportsBucket.bucketName);
    if (prefix !== undefined) output('KeyPrefix', prefix);
    if (suffixes.length > 0) output('KeySuffixes', suffixes.join(','));
  }
}
