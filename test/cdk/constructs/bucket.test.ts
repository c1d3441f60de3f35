import { Key } from 'aws-cdk-lib/aws-kms';
import { describe, expect, it } from 'vitest';
import { only, statementsOf, synthesize } from '../../support/synthesis.ts';

describe('a new bucket', () => {
  it('is encrypted with a given key, through a bucket key that saves KMS requests', () => {
    const { template } = synthesize((stack) => ({ encryptionKey: new Key(stack, 'Key') }));

    expect(
      only(template, 'AWS::S3::Bucket').properties.BucketEncryption.ServerSideEncryptionConfiguration,
    ).toEqual([
      {
        BucketKeyEnabled: true,
        ServerSideEncryptionByDefault: {
          SSEAlgorithm: 'aws:kms',
          KMSMasterKeyID: { 'Fn::GetAtt': [only(template, 'AWS::KMS::Key').id, 'Arn'] },
        },
      },
    ]);
  });

  it('has an annotation table that only S3 Metadata may read', () => {
    const { template } = synthesize((stack) => ({
      writeBack: ['annotation'],
      queryable: true,
      encryptionKey: new Key(stack, 'Key'),
    }));

    const { id, properties } = only(template, 'AWS::S3::Bucket');
    const [roleId, role] = Object.entries(template.findResources('AWS::IAM::Role')).find(([candidate]) =>
      candidate.startsWith('LabelsBucketAnnotationTableRole'),
    )!;
    expect(properties.MetadataConfiguration).toEqual({
      AnnotationTableConfiguration: {
        ConfigurationState: 'ENABLED',
        Role: { 'Fn::GetAtt': [roleId, 'Arn'] },
      },
      JournalTableConfiguration: { RecordExpiration: { Days: 7, Expiration: 'ENABLED' } },
    });
    expect(role.Properties.AssumeRolePolicyDocument.Statement).toEqual([
      {
        Effect: 'Allow',
        Action: 'sts:AssumeRole',
        Principal: { Service: 'metadata.s3.amazonaws.com' },
        Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
      },
    ]);
    const bucket = { 'Fn::GetAtt': [id, 'Arn'] };
    expect(statementsOf(template, 'LabelsBucketAnnotationTableRole')).toEqual([
      {
        Effect: 'Allow',
        Action: ['s3:GetObjectAnnotation', 's3:GetObjectVersionAnnotation'],
        Resource: { 'Fn::Join': ['', [bucket, '/*']] },
      },
      { Effect: 'Allow', Action: ['s3:ListBucket', 's3:ListBucketVersions'], Resource: bucket },
      {
        Effect: 'Allow',
        Action: 'kms:Decrypt',
        Resource: { 'Fn::GetAtt': [only(template, 'AWS::KMS::Key').id, 'Arn'] },
      },
    ]);
  });
});
