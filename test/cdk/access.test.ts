import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket, BucketEncryption, type IBucket } from 'aws-cdk-lib/aws-s3';
import { describe, expect, it } from 'vitest';
import type { ImageClassifierProps } from '../../cdk/image-classifier.ts';
import { only, statementsOf, statementWith, synthesize } from './synthesis.ts';

const read = [
  's3:GetObject',
  's3:GetObjectTagging',
  's3:GetObjectVersion',
  's3:GetObjectVersionTagging',
] as const;

describe('the function', () => {
  it('may do this and nothing else', () => {
    const { template } = synthesize();
    const bucket = { 'Fn::GetAtt': [only(template, 'AWS::S3::Bucket').id, 'Arn'] };

    expect(statementsOf(template)).toEqual([
      {
        Effect: 'Allow',
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: { 'Fn::GetAtt': [only(template, 'AWS::Logs::LogGroup').id, 'Arn'] },
      },
      {
        Effect: 'Allow',
        Action: ['sqs:GetQueueAttributes', 'sqs:GetQueueUrl', 'sqs:SendMessage'],
        Resource: { 'Fn::GetAtt': [only(template, 'AWS::SQS::Queue').id, 'Arn'] },
      },
      { Effect: 'Allow', Action: expect.any(Array), Resource: { 'Fn::Join': ['', [bucket, '/*']] } },
      { Effect: 'Allow', Action: 's3:ListBucket', Resource: bucket },
      {
        Effect: 'Allow',
        Action: 'events:PutEvents',
        Resource: {
          'Fn::Join': [
            '',
            [
              'arn:',
              { Ref: 'AWS::Partition' },
              ':events:',
              { Ref: 'AWS::Region' },
              ':',
              { Ref: 'AWS::AccountId' },
              ':event-bus/default',
            ],
          ],
        },
      },
    ]);
    expect(only(template, 'AWS::IAM::Role').properties).not.toHaveProperty('ManagedPolicyArns');
  });

  it.each<[ImageClassifierProps['writeBack'] & {}, string, string[]]>([
    ['none', 'none', []],
    [
      ['metadata'],
      'metadata',
      [
        's3:GetObjectAnnotation',
        's3:GetObjectLegalHold',
        's3:GetObjectRetention',
        's3:GetObjectVersionAnnotation',
        's3:PutObject',
        's3:PutObjectAnnotation',
        's3:PutObjectLegalHold',
        's3:PutObjectRetention',
        's3:PutObjectTagging',
      ],
    ],
    [['annotation'], 'annotation', ['s3:PutObjectAnnotation', 's3:PutObjectVersionAnnotation']],
    [['tags'], 'tags', ['s3:PutObjectTagging', 's3:PutObjectVersionTagging']],
    [
      ['annotation', 'tags'],
      'annotation,tags',
      [
        's3:PutObjectAnnotation',
        's3:PutObjectTagging',
        's3:PutObjectVersionAnnotation',
        's3:PutObjectVersionTagging',
      ],
    ],
  ])('is told to write to %j, and may do with objects no more than that takes', (writeBack, told, write) => {
    const { template } = synthesize(() => ({ writeBack }));

    expect(statementWith(template, 's3:GetObject').Action).toEqual([...read, ...write].sort());
    expect(only(template, 'AWS::Lambda::Function').properties.Environment.Variables).toMatchObject({
      BUCKETLENS_WRITE_BACK: told,
    });
  });

  it('has no rights for objects outside of its prefix', () => {
    const { template } = synthesize(() => ({ prefix: 'photos/' }));

    expect(statementWith(template, 's3:GetObject').Resource['Fn::Join'][1][1]).toBe('/photos/*');
  });

  it.each<[ImageClassifierProps['writeBack'] & {}, string | string[]]>([
    [['metadata'], ['kms:Decrypt', 'kms:GenerateDataKey']],
    [['annotation'], ['kms:Decrypt', 'kms:GenerateDataKey']],
    [['tags'], 'kms:Decrypt'],
    ['none', 'kms:Decrypt'],
  ])('may use the key of an encrypted bucket (writeBack %j)', (writeBack, actions) => {
    const { template } = synthesize((stack) => ({
      writeBack,
      bucket: new Bucket(stack, 'Uploads', {
        encryption: BucketEncryption.KMS,
        encryptionKey: new Key(stack, 'Key'),
      }) as IBucket,
    }));

    expect(statementWith(template, 'kms:Decrypt')).toEqual({
      Effect: 'Allow',
      Action: actions,
      Resource: { 'Fn::GetAtt': [only(template, 'AWS::KMS::Key').id, 'Arn'] },
    });
  });

  it('may use the key that it is told of, for a bucket that knows of none', () => {
    const { template } = synthesize((stack) => ({
      bucket: Bucket.fromBucketName(stack, 'Uploads', 'my-uploads'),
      encryptionKey: new Key(stack, 'Key'),
    }));

    expect(statementWith(template, 'kms:Decrypt').Resource).toEqual({
      'Fn::GetAtt': [only(template, 'AWS::KMS::Key').id, 'Arn'],
    });
  });
});
