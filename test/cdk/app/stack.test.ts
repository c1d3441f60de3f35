import { RemovalPolicy, Validations } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, it, vi } from 'vitest';
import { BucketlensStack, type BucketlensStackProps } from '../../../cdk/app/stack.ts';
import { createApp } from '../../support/synthesis.ts';

function createStack(props?: BucketlensStackProps) {
  return new BucketlensStack(createApp(), 'Bucketlens', props);
}

const variants: [string, BucketlensStackProps][] = [
  ['by default', {}],
  ['with a prefix', { classifier: { prefix: 'photos/' } }],
  ['with an existing bucket', { bucketName: 'my-uploads' }],
  [
    'with an existing bucket, for one account and region',
    { bucketName: 'my-uploads', env: { account: '123456789012', region: 'eu-central-1' } },
  ],
  ['with a queue', { classifier: { trigger: 'sqs', copies: false } }],
  ['with EventBridge', { classifier: { trigger: 'eventbridge' } }],
  [
    'with EventBridge and an existing bucket',
    { bucketName: 'my-uploads', classifier: { trigger: 'eventbridge' } },
  ],
  [
    'with e-mails',
    { notifyEmail: 'me@example.com', alarmEmail: 'ops@example.com', classifier: { tracing: true } },
  ],
  ['without monitoring', { alarms: false, dashboard: false }],
  [
    'with buckets deleted with the stack',
    { classifier: { removalPolicy: RemovalPolicy.DESTROY, autoDeleteObjects: true } },
  ],
  ['with queryable annotations', { classifier: { writeBack: ['annotation', 'tags'], queryable: true } }],
];

describe.each(variants)('the stack %s', (_, props) => {
  it("passes cdk-nag's AwsSolutions rules", () => {
    const stack = createStack(props);

    const { violations } = new AwsSolutionsChecks(stack, { verbose: true }).validateScope(stack);

    expect(violations).toEqual([]);
  });

  it('acknowledges only actual findings', () => {
    const acknowledge = vi.spyOn(Validations.prototype, 'acknowledge').mockImplementation(() => {});
    const stack = createStack(props);
    const acknowledged = acknowledge.mock.calls.flat().map(({ id }) => id);
    acknowledge.mockRestore();

    const { violations } = new AwsSolutionsChecks(stack).validateScope(stack);

    const found = violations.flatMap(({ ruleName, violatingResources }) =>
      violatingResources.map(() => ruleName),
    );
    expect(found.sort()).toEqual(acknowledged.sort());
  });
});

describe('monitoring', () => {
  it('consists of four alarms and a dashboard by default', () => {
    const template = Template.fromStack(createStack());

    template.resourceCountIs('AWS::CloudWatch::Alarm', 4);
    template.resourceCountIs('AWS::CloudWatch::Dashboard', 1);
    template.resourceCountIs('AWS::SNS::Topic', 0);
  });

  it('can be turned off, with every monthly cost', () => {
    const template = Template.fromStack(createStack({ alarms: false, dashboard: false }));

    for (const type of ['CloudWatch::Alarm', 'CloudWatch::Dashboard', 'KMS::Key'])
      template.resourceCountIs(`AWS::${type}`, 0);
    expect(template.findOutputs('DashboardUrl')).toEqual({});
  });

  it('e-mails alarms and predictions', () => {
    const template = Template.fromStack(
      createStack({ notifyEmail: 'me@example.com', alarmEmail: 'ops@example.com' }),
    );

    const subscriptions = Object.values(template.findResources('AWS::SNS::Subscription'));
    expect(subscriptions.map(({ Properties }) => Properties.Endpoint)).toEqual([
      'me@example.com',
      'ops@example.com',
    ]);
  });

  it('rejects an alarm address when alarms are off', () => {
    expect(() => createStack({ alarms: false, alarmEmail: 'ops@example.com' })).toThrow(
      'alarmEmail is ops@example.com and alarms are off: leave out alarms=false',
    );
  });
});

describe('the outputs', () => {
  it('name the bucket, the function, the bus, the queue and the resources for backfill', () => {
    const outputs = Template.fromStack(createStack()).findOutputs('*');

    expect(Object.keys(outputs).sort()).toEqual([
      'BackfillReportsBucketName',
      'BackfillRoleArn',
      'BucketName',
      'DashboardUrl',
      'DeadLetterQueueUrl',
      'EventBusName',
      'FunctionArn',
      'FunctionName',
      'LogGroupName',
      'TryIt',
    ]);
  });

  it('include a command to try it, with the prefix in the key', () => {
    const stack = createStack({ bucketName: 'my-uploads', classifier: { prefix: 'photos/' } });

    expect(Template.fromStack(stack).findOutputs('TryIt').TryIt!.Value).toBe(
      'aws s3 cp cat.jpg s3://my-uploads/photos/cat.jpg && sleep 5 && ' +
        'aws s3api head-object --bucket my-uploads --key photos/cat.jpg --query Metadata',
    );
  });

  it('leave out recorded settings that are longer than CloudFormation allows', () => {
    const stack = createStack();

    stack.recordSettings({ suffixes: 'x'.repeat(4096) });

    expect(Template.fromStack(stack).findOutputs('Settings')).toEqual({});
  });

  it('include the key filter, for backfill', () => {
    const stack = createStack({ classifier: { prefix: 'photos/', suffixes: ['.jpg', '.JPG'] } });

    const outputs = Template.fromStack(stack).findOutputs('*');
    expect(outputs).toMatchObject({ KeyPrefix: { Value: 'photos/' }, KeySuffixes: { Value: '.jpg,.JPG' } });
  });
});

it('grants the function the key of an existing bucket', () => {
  const encryptionKeyArn = 'arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab';
  const stack = createStack({ bucketName: 'my-uploads', encryptionKeyArn });

  Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: Match.objectLike({
      Statement: Match.arrayWith([
        { Effect: 'Allow', Action: ['kms:Decrypt', 'kms:GenerateDataKey'], Resource: encryptionKeyArn },
      ]),
    }),
  });
});
