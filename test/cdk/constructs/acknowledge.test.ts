import { CfnResource, Stack, Validations } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { describe, expect, it, vi } from 'vitest';
import { acknowledge } from '../../../cdk/constructs/acknowledge.ts';
import { createApp, templateOf } from '../../support/synthesis.ts';

const acknowledgement = { id: 'AwsSolutions-IAM5[Resource::<A.Arn>/*]', reason: 'Objects can have any key' };

describe('acknowledge', () => {
  it('writes the metadata that cdk-nag 2 reads, next to what is there', () => {
    const { template } = templateOf(createApp(), (stack) => {
      const resource = new CfnResource(stack, 'Resource', { type: 'Test::Resource' });
      resource.addMetadata('cdk_nag', { rules_to_suppress: [{ id: 'Other', reason: 'Of the owner' }] });
      acknowledge(stack, acknowledgement);
      acknowledge(resource, { id: 'AwsSolutions-S1', reason: 'No access logs' });
    });

    expect(template.findResources('Test::Resource').Resource!.Metadata.cdk_nag.rules_to_suppress).toEqual([
      { id: 'Other', reason: 'Of the owner' },
      { id: 'AwsSolutions-IAM5', reason: 'Objects can have any key', applies_to: ['Resource::<A.Arn>/*'] },
      { id: 'AwsSolutions-S1', reason: 'No access logs' },
    ]);
  });

  it('covers resources that are added later', () => {
    const { template } = templateOf(createApp(), (stack) => {
      const bucket = new Bucket(stack, 'Bucket');
      acknowledge(bucket, acknowledgement);
      new CfnResource(bucket, 'Late', { type: 'Test::Resource' });
    });

    const [late] = Object.values(template.findResources('Test::Resource'));
    expect(late!.Metadata.cdk_nag.rules_to_suppress).toHaveLength(1);
  });

  it('acknowledges the finding for cdk-nag 3', () => {
    const acknowledged = vi.spyOn(Validations.prototype, 'acknowledge');

    acknowledge(new Stack(createApp(), 'Test'), acknowledgement);

    expect(acknowledged).toHaveBeenCalledWith(acknowledgement);
    acknowledged.mockRestore();
  });
});
