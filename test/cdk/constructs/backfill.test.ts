import { describe, expect, it } from 'vitest';
import { only, statementsOf, synthesize } from '../../support/synthesis.ts';

describe('the backfill resources', () => {
  const { template } = synthesize();
  const [reportsId, reports] = Object.entries(template.findResources('AWS::S3::Bucket')).find(([id]) =>
    id.startsWith('LabelsBackfillReports'),
  )!;

  it('have a role for S3 Batch Operations of this account with exactly these permissions', () => {
    const role = Object.entries(template.findResources('AWS::IAM::Role')).find(([id]) =>
      id.startsWith('LabelsBackfillRole'),
    )![1];

    expect(role.Properties).toEqual({
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Action: 'sts:AssumeRole',
            Principal: { Service: 'batchoperations.s3.amazonaws.com' },
            Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
          },
        ],
      },
    });
    expect(statementsOf(template, 'LabelsBackfillRole')).toEqual([
      {
        Effect: 'Allow',
        Action: 'lambda:InvokeFunction',
        Resource: { 'Fn::GetAtt': [only(template, 'AWS::Lambda::Function').id, 'Arn'] },
      },
      {
        Effect: 'Allow',
        Action: 's3:PutObject',
        Resource: { 'Fn::Join': ['', [{ 'Fn::GetAtt': [reportsId, 'Arn'] }, '/*']] },
      },
      {
        Effect: 'Allow',
        Action: 's3:PutInventoryConfiguration',
        Resource: { 'Fn::GetAtt': [only(template, 'AWS::S3::Bucket').id, 'Arn'] },
      },
    ]);
  });

  it('have a private bucket where reports expire after a month', () => {
    expect(reports.Properties).toMatchObject({
      PublicAccessBlockConfiguration: { BlockPublicAcls: true, RestrictPublicBuckets: true },
      LifecycleConfiguration: { Rules: [{ ExpirationInDays: 30, Status: 'Enabled' }] },
    });
    expect(only(template, 'Custom::S3BucketNotifications').properties.BucketName).toEqual({
      Ref: only(template, 'AWS::S3::Bucket').id,
    });
  });
});
