import { Validations } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, it, vi } from 'vitest';
import { BucketlensStack, type BucketlensStackProps } from '../../cdk/stack.ts';
import { createApp } from './synthesis.ts';

const createStack = (props?: BucketlensStackProps) => new BucketlensStack(createApp(), 'Bucketlens', props);

const variants: [string, BucketlensStackProps][] = [
  ['as it comes', {}],
  ['with a prefix', { classifier: { prefix: 'photos/' } }],
  ['with an existing bucket', { bucketName: 'my-uploads' }],
  [
    'with an existing bucket, for one account and region',
    { bucketName: 'my-uploads', env: { account: '123456789012', region: 'eu-central-1' } },
  ],
];

describe.each(variants)('the stack %s', (_, props) => {
  it("passes cdk-nag's AwsSolutions rules, but for the exceptions in acknowledgements.ts", () => {
    const stack = createStack(props);

    const { violations } = new AwsSolutionsChecks(stack, { verbose: true }).validateScope(stack);

    expect(violations).toEqual([]);
  });
});

it('acknowledges only what the rules do find', () => {
  const acknowledge = vi.spyOn(Validations.prototype, 'acknowledge').mockImplementation(() => {});
  const stack = createStack();
  const acknowledged = acknowledge.mock.calls.flat().map(({ id }) => id);
  acknowledge.mockRestore();

  const { violations } = new AwsSolutionsChecks(stack).validateScope(stack);

  expect(violations.map(({ ruleName }) => ruleName).sort()).toEqual(acknowledged.sort());
  expect(acknowledged).toHaveLength(4);
});

describe('the outputs', () => {
  it('say where to upload, what runs, and where events and failures go', () => {
    const outputs = Template.fromStack(createStack()).findOutputs('*');

    expect(Object.keys(outputs).sort()).toEqual([
      'BucketName',
      'DeadLetterQueueUrl',
      'EventBusName',
      'FunctionName',
      'TryIt',
    ]);
  });

  it('have a command that can be pasted, with the prefix in the key', () => {
    const stack = createStack({ bucketName: 'my-uploads', classifier: { prefix: 'photos/' } });

    expect(Template.fromStack(stack).findOutputs('TryIt').TryIt!.Value).toBe(
      'aws s3 cp cat.jpg s3://my-uploads/photos/cat.jpg && sleep 5 && ' +
        'aws s3api head-object --bucket my-uploads --key photos/cat.jpg --query Metadata',
    );
  });
});
