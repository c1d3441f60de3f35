import { RemovalPolicy } from 'aws-cdk-lib';
import type { Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket, BucketEncryption, type IBucket } from 'aws-cdk-lib/aws-s3';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { describe, expect, it } from 'vitest';
import type { ImageClassifierProps } from '../../../cdk/constructs/image-classifier.ts';
import { only, statementsOf, statementWith, synthesize } from '../../support/synthesis.ts';

const read = [
  's3:GetObject',
  's3:GetObjectTagging',
  's3:GetObjectVersion',
  's3:GetObjectVersionTagging',
] as const;

describe('the function', () => {
  it('has exactly these permissions', () => {
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
      { Effect: 'Allow', Action: expect.any(Array), Resource: { 'Fn::Join': ['', [bucket, '/*']] } },
      { Effect: 'Allow', Action: 's3:ListBucket', Resource: bucket },
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
  ])('writes to %j with only the permissions that it needs', (writeBack, told, write) => {
    const { template } = synthesize(() => ({ writeBack }));

    expect(statementWith(template, 's3:GetObject').Action).toEqual([...read, ...write].sort());
    expect(only(template, 'AWS::Lambda::Function').properties.Environment.Variables).toMatchObject({
      BUCKETLENS_WRITE_BACK: told,
    });
  });

  it('has permissions on objects below a prefix with special characters', () => {
    const { template } = synthesize(() => ({ prefix: 'year=2026/my photos+1:2/' }));

    expect(statementWith(template, 's3:GetObject').Resource['Fn::Join'][1][1]).toBe(
      '/year=2026/my photos+1:2/*',
    );
  });

  it('has no permissions on objects outside its prefix', () => {
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

  it('may use a given key for a bucket without a known key', () => {
    const { template } = synthesize((stack) => ({
      bucket: Bucket.fromBucketName(stack, 'Uploads', 'my-uploads'),
      encryptionKey: new Key(stack, 'Key'),
    }));

    expect(statementWith(template, 'kms:Decrypt').Resource).toEqual({
      'Fn::GetAtt': [only(template, 'AWS::KMS::Key').id, 'Arn'],
    });
  });
});

interface Statement {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource?: unknown;
  readonly Principal: { readonly Service?: string } & Record<string, unknown>;
  readonly Condition?: unknown;
}

/** Every statement of the template: of roles, and of what has a policy of its own. */
function statementsIn(template: Template): { id: string; statement: Statement }[] {
  return Object.entries<{ Properties?: Record<string, { Statement?: Statement[] }> }>(
    template.toJSON().Resources,
  ).flatMap(([id, { Properties = {} }]) =>
    Object.values(Properties).flatMap((property) =>
      (property?.Statement ?? []).map((statement) => ({ id, statement })),
    ),
  );
}

/** Each `*` in what is allowed; to deny more is no risk. */
function wildcardsOf({ Effect, Action, Resource }: Statement): string[] {
  return Effect === 'Allow'
    ? [Action, Resource]
        .flat()
        .map((value) => JSON.stringify(value) ?? '')
        .filter((text) => text.includes('*'))
    : [];
}

const explained: readonly (readonly [RegExp, string])[] = [
  [/^LabelsRole.*\/\*"/, 'objects have any key: in a bucket as a whole'],
  [/^LabelsRole.*\/(photos|scans)\/\*"/, 'objects have any key: below a prefix'],
  [/^LabelsRole.*: "\*"$/, 'X-Ray knows no resources'],
  [/^LabelsBackfillRole.*"LabelsBackfillReports.*\/\*"/, 'a report is named after its job'],
  [/^LabelsBucketAnnotationTableRole.*\/\*"/, 'objects have any key'],
  [/^LabelsTopicKey.*: "(kms:\*|kms:GenerateDataKey\*|\*)"$/, "a key's own policy: the resource is the key"],
  [
    /^Labels(Bucket|BackfillReports)Policy.*: "s3:(GetBucket|List|DeleteObject)\*"$/,
    "CDK's, to empty a bucket",
  ],
  [/^Labels(Bucket|BackfillReports)Policy.*\/\*"/, "CDK's, to empty a bucket"],
];

describe('no statement', () => {
  const everything = (props: ImageClassifierProps = {}) =>
    synthesize(
      () => props,
      (classifier) => {
        classifier.addAlarms({ email: 'ops@example.com' });
        classifier.addDashboard();
        classifier.notifyEmail('me@example.com');
        classifier.onPrediction('ToIndex', new Queue(classifier, 'Index'));
        classifier.addBucket(Bucket.fromBucketName(classifier, 'Archive', 'my-archive'), {
          prefix: 'scans/',
        });
      },
    ).template;

  const variants: [string, ImageClassifierProps][] = [
    ['by default', {}],
    ['with a prefix and a queue', { prefix: 'photos/', trigger: 'sqs' }],
    ['with EventBridge, annotations and tags', { trigger: 'eventbridge', writeBack: ['annotation', 'tags'] }],
    ['with X-Ray', { tracing: true }],
    ['with queryable annotations', { writeBack: ['annotation'], queryable: true }],
    ['with buckets that are emptied', { removalPolicy: RemovalPolicy.DESTROY, autoDeleteObjects: true }],
  ];
  const found = new Map(
    variants.map(([name, props]) => [
      name,
      statementsIn(everything(props)).flatMap(({ id, statement }) =>
        wildcardsOf(statement).map((wildcard) => `${id}: ${wildcard}`),
      ),
    ]),
  );

  it.each(variants)('has an unexplained wildcard (%s)', (name) => {
    const unexplained = found
      .get(name)!
      .filter((wildcard) => !explained.some(([pattern]) => pattern.test(wildcard)));

    expect(unexplained).toEqual([]);
  });

  it('has a wildcard explanation without a wildcard', () => {
    const needless = explained.filter(
      ([pattern]) => ![...found.values()].flat().some((wildcard) => pattern.test(wildcard)),
    );

    expect(needless).toEqual([]);
  });

  it('allows a service without a condition on the account, except where AWS supports none', () => {
    const open = statementsIn(everything()).filter(
      ({ statement: { Effect, Principal, Condition } }) =>
        Effect === 'Allow' &&
        Principal?.Service &&
        Principal.Service !== 'lambda.amazonaws.com' &&
        !Condition,
    );

    // EventBridge sends no account and no ARN along when it publishes to a topic, and uses its key.
    expect(open.map(({ statement }) => [statement.Principal.Service, statement.Action])).toEqual([
      ['events.amazonaws.com', ['kms:Decrypt', 'kms:GenerateDataKey*']],
      ['events.amazonaws.com', 'sns:Publish'],
    ]);
  });

  it('allows everybody anything: the only statements for all principals deny requests without TLS', () => {
    const template = everything({ trigger: 'sqs' });
    const toAll = statementsIn(template).filter(({ statement }) =>
      /^("\*"|\{"AWS":"\*"\})$/.test(JSON.stringify(statement.Principal) ?? ''),
    );

    for (const { statement } of toAll) {
      expect(statement).toMatchObject({
        Effect: 'Deny',
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      });
    }
    const protectedTypes = ['AWS::S3::Bucket', 'AWS::SQS::Queue', 'AWS::SNS::Topic'];
    const ours = protectedTypes
      .flatMap((type) => Object.keys(template.findResources(type)))
      .filter((id) => !id.startsWith('LabelsIndex'));
    expect(toAll).toHaveLength(ours.length);
  });
});

it('passes no secrets in the environment', () => {
  const { template } = synthesize(
    () => ({ prefix: 'photos/' }),
    (classifier) => classifier.notifyEmail('me@example.com'),
  );

  for (const { Properties } of Object.values(template.findResources('AWS::Lambda::Function')))
    expect(JSON.stringify(Properties.Environment ?? {})).not.toMatch(/secret|password|token|key|@/i);
});
