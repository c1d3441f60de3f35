import { App, CfnParameter, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket, BucketEncryption, type IBucket } from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, it } from 'vitest';
import { acknowledgeNotificationsHandlerFindings } from '../../../cdk/constructs/acknowledgements.ts';
import { ImageClassifier, type ImageClassifierProps } from '../../../cdk/constructs/image-classifier.ts';
import {
  createApp,
  only,
  statementsOf,
  statementWith,
  synthesize,
  templateOf,
} from '../../support/synthesis.ts';

const triggers = ['s3', 'sqs', 'eventbridge'] as const;
function archive(scope: Stack) {
  return Bucket.fromBucketName(scope, 'Archive', 'my-archive');
}

describe('addBucket', () => {
  const withArchive = (props: ImageClassifierProps = {}) =>
    synthesize(
      () => props,
      (classifier) =>
        classifier.addBucket(archive(Stack.of(classifier)), { prefix: 'scans/', suffixes: ['.tif'] }),
    );

  it('gives the function the rights that it has in the first bucket, for the keys of the second', () => {
    const { template } = withArchive();

    const { Resource } = statementWith(template, 's3:GetObject');
    expect(Resource.map((arn: { 'Fn::Join': [string, unknown[]] }) => arn['Fn::Join'][1].at(-1))).toEqual([
      ':s3:::my-archive/scans/*',
      '/*',
    ]);
    expect(statementWith(template, 's3:ListBucket').Resource).toHaveLength(2);
    expect(statementWith(template, 'kms:Decrypt')).toBeUndefined();
  });

  it('gives it the key of that bucket', () => {
    const { template } = synthesize(
      () => ({}),
      (classifier) =>
        classifier.addBucket(archive(Stack.of(classifier)), { encryptionKey: new Key(classifier, 'Key') }),
    );

    expect(statementWith(template, 'kms:Decrypt').Resource).toEqual({
      'Fn::GetAtt': [only(template, 'AWS::KMS::Key').id, 'Arn'],
    });
  });

  it('lets back-filling list it', () => {
    const { template } = withArchive();

    const inventories = statementsOf(template, 'LabelsBackfillRole').filter(
      ({ Action }: { Action: string }) => Action === 's3:PutInventoryConfiguration',
    );
    expect(inventories.flatMap(({ Resource }: { Resource: unknown }) => Resource)).toHaveLength(2);
  });

  it.each([
    ['s3', 'LambdaFunctionConfigurations'],
    ['sqs', 'QueueConfigurations'],
  ] as const)('is notified of its uploads, of those keys only (%s)', (trigger, kind) => {
    const { template } = withArchive({ trigger });

    const [first, second] = Object.values(template.findResources('Custom::S3BucketNotifications')).map(
      ({ Properties }) => Properties,
    );
    expect(second.BucketName).toBe('my-archive');
    expect(second.NotificationConfiguration[kind]).toEqual([
      {
        ...first.NotificationConfiguration[kind][0],
        Filter: {
          Key: {
            FilterRules: [
              { Name: 'suffix', Value: '.tif' },
              { Name: 'prefix', Value: 'scans/' },
            ],
          },
        },
      },
    ]);
  });

  it('lets it invoke the function, and nobody else who gets hold of its name (s3)', () => {
    const permissions = Object.values(withArchive().template.findResources('AWS::Lambda::Permission')).map(
      ({ Properties }) => Properties,
    );

    expect(permissions).toHaveLength(2);
    for (const permission of permissions) {
      expect(permission).toMatchObject({
        Principal: 's3.amazonaws.com',
        SourceAccount: { Ref: 'AWS::AccountId' },
        SourceArn: expect.anything(),
      });
    }
  });

  it('lets it send to the one queue (sqs)', () => {
    const { template } = withArchive({ trigger: 'sqs' });

    const allowed = Object.values(template.findResources('AWS::SQS::QueuePolicy')).flatMap(({ Properties }) =>
      Properties.PolicyDocument.Statement.filter(({ Effect }: { Effect: string }) => Effect === 'Allow'),
    );
    expect(allowed).toHaveLength(2);
    for (const { Condition } of allowed) {
      expect(Condition).toMatchObject({
        ArnLike: { 'aws:SourceArn': expect.anything() },
        StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
      });
    }
  });

  it('hears of its uploads by a rule of its own (eventbridge)', () => {
    const { template } = withArchive({ trigger: 'eventbridge' });

    const patterns = Object.values(template.findResources('AWS::Events::Rule')).map(
      ({ Properties }) => Properties.EventPattern.detail,
    );
    expect(patterns).toEqual([
      { bucket: { name: [{ Ref: only(template, 'AWS::S3::Bucket').id }] } },
      { bucket: { name: ['my-archive'] }, object: { key: [{ wildcard: 'scans/*.tif' }] } },
    ]);
  });

  it('labels several prefixes of one bucket, and its predictions come by one rule', () => {
    const { template } = synthesize(
      (stack) => ({ bucket: archive(stack), prefix: 'a/' }),
      (classifier) => {
        classifier.addBucket(classifier.bucket, { prefix: 'b/' });
        classifier.onImageClassified('ToIndex');
      },
    );

    const { NotificationConfiguration } = only(template, 'Custom::S3BucketNotifications').properties;
    expect(NotificationConfiguration.LambdaFunctionConfigurations).toHaveLength(2);
    expect(Object.keys(template.findResources('AWS::Events::Rule'))).toHaveLength(1);
  });

  it.each<[string, object, object]>([
    ['the same bucket twice', {}, {}],
    ['a prefix within another', { prefix: 'photos/' }, { prefix: 'photos/2026/' }],
    ['a prefix, and all keys', { prefix: 'photos/' }, {}],
    ['a suffix within another', { suffixes: ['.jpg'] }, { suffixes: ['old.jpg'] }],
  ])('refuses %s', (_, first, second) => {
    const refused = () =>
      synthesize(
        (stack) => ({ bucket: archive(stack), ...first }),
        (classifier) => classifier.addBucket(classifier.bucket, second),
      );

    expect(refused).toThrow(/^Test\/Archive is labelled already, and a key can be in .*: give each a prefix/);
  });

  it.each<[string, object, object]>([
    ['prefixes', { prefix: 'photos/' }, { prefix: 'scans/' }],
    ['suffixes', { suffixes: ['.jpg', '.png'] }, { suffixes: ['.tif'] }],
  ])('takes one bucket twice with %s that no key shares', (_, first, second) => {
    const { classifier } = synthesize(
      (stack) => ({ bucket: archive(stack), ...first }),
      (made) => made.addBucket(made.bucket, second),
    );

    expect(classifier.buckets).toHaveLength(2);
  });

  it('refuses a prefix that IAM reads as a wildcard', () => {
    expect(() =>
      synthesize(
        () => ({}),
        (classifier) => classifier.addBucket(archive(Stack.of(classifier)), { prefix: '*' }),
      ),
    ).toThrow("prefix is '*'");
  });
});

describe.each(triggers)('several classifiers on one bucket, by %s', (trigger) => {
  const { template } = templateOf(createApp(), (stack) => {
    const bucket = new Bucket(stack, 'Uploads') as IBucket;
    for (const [id, prefix] of [
      ['Cats', 'cats/'],
      ['Dogs', 'dogs/'],
    ] as const) {
      new ImageClassifier(stack, id, {
        bucket,
        prefix,
        trigger,
        model: 'layers/model/efficientnet-lite0',
        metadataPrefix: id.toLowerCase(),
      });
    }
  });

  it('each have a function, which is set to work by its own prefix only', () => {
    const functions = Object.keys(template.findResources('AWS::Lambda::Function')).filter((id) =>
      /^(Cats|Dogs)Function/.test(id),
    );
    expect(functions).toHaveLength(2);
    const prefixes =
      trigger === 'eventbridge'
        ? Object.values(template.findResources('AWS::Events::Rule')).map(
            ({ Properties }) => Properties.EventPattern.detail.object.key[0].prefix,
          )
        : Object.values(
            only(template, 'Custom::S3BucketNotifications').properties.NotificationConfiguration,
          ).flatMap((configurations) =>
            (configurations as { Filter: { Key: { FilterRules: { Value: string }[] } } }[]).map(
              ({ Filter }) => Filter.Key.FilterRules[0]!.Value,
            ),
          );
    expect(prefixes).toEqual(['cats/', 'dogs/']);
  });

  it('have rights for objects of their own prefix only', () => {
    for (const [id, prefix] of [
      ['CatsRole', '/cats/*'],
      ['DogsRole', '/dogs/*'],
    ] as const) {
      const { Resource } = statementsOf(template, id).find(({ Action }: { Action: string[] }) =>
        Action.includes('s3:GetObject'),
      );
      expect(Resource['Fn::Join'][1].at(-1)).toBe(prefix);
    }
  });
});

describe('a bucket of another stack', () => {
  const across = (trigger: (typeof triggers)[number], bucketIn: (stack: Stack) => IBucket) => {
    const app = createApp();
    const storage = new Stack(app, 'Storage');
    const bucket = bucketIn(storage);
    new Key(storage, 'SomethingElse');
    const labelling = new Stack(app, 'Labelling');
    new ImageClassifier(labelling, 'Labels', { bucket, trigger });
    return { app, storage, labelling };
  };

  it('is labelled by EventBridge, which is switched on where the bucket is made', () => {
    const { app, storage, labelling } = across(
      'eventbridge',
      (stack) => new Bucket(stack, 'Uploads') as IBucket,
    );

    app.synth();
    Template.fromStack(storage).hasResourceProperties('Custom::S3BucketNotifications', {
      NotificationConfiguration: { EventBridgeConfiguration: {} },
    });
    Template.fromStack(labelling).hasResourceProperties('AWS::Events::Rule', {
      EventPattern: Match.objectLike({ source: ['aws.s3'] }),
    });
  });

  it.each(['s3', 'sqs'] as const)(
    'is refused with the trigger %s, whose notifications would make each stack wait for the other',
    (trigger) => {
      expect(() => across(trigger, (stack) => new Bucket(stack, 'Uploads') as IBucket)).toThrow(
        `Storage/Uploads is made in the stack Storage; with the trigger ${trigger} it and Labelling would each have to be deployed before the other: take the trigger eventbridge, or put the classifier into Storage`,
      );
    },
  );

  it.each(triggers)('is labelled if it was imported there (%s)', (trigger) => {
    const { app } = across(trigger, (stack) => Bucket.fromBucketName(stack, 'Uploads', 'my-uploads'));

    expect(() => app.synth()).not.toThrow();
  });
});

describe('a bucket out of reach', () => {
  const env = { account: '111111111111', region: 'eu-central-1' };
  const labelling =
    (trigger: (typeof triggers)[number], bucket: { account?: string; region?: string }) => () =>
      templateOf(
        createApp(),
        (stack) =>
          new ImageClassifier(stack, 'Labels', {
            trigger,
            bucket: Bucket.fromBucketAttributes(stack, 'Uploads', { bucketName: 'my-uploads', ...bucket }),
          }),
        { env },
      );

  it.each(triggers)('is one of another region (%s)', (trigger) => {
    expect(labelling(trigger, { region: 'us-east-1' })).toThrow(
      'Test/Uploads is in us-east-1 and Test/Labels in eu-central-1; a bucket reaches a function of its own region only: deploy a classifier there',
    );
  });

  it.each(['s3', 'sqs'] as const)('is one of another account (%s)', (trigger) => {
    expect(labelling(trigger, { account: '222222222222' })).toThrow(
      `Test/Uploads is in the account 222222222222 and Test/Labels in 111111111111; the trigger ${trigger} is set up from the bucket's own account`,
    );
  });

  it('is not one of another account with EventBridge, which can send its events here', () => {
    expect(labelling('eventbridge', { account: '222222222222' })).not.toThrow();
  });

  it('is none whose region is not known yet', () => {
    expect(() =>
      templateOf(
        createApp(),
        (stack) =>
          new ImageClassifier(stack, 'Labels', {
            bucket: Bucket.fromBucketAttributes(stack, 'Uploads', {
              bucketName: 'my-uploads',
              region: 'us-east-1',
            }),
          }),
      ),
    ).not.toThrow();
  });
});

describe('names that only the deployment knows', () => {
  it.each(triggers)('are handed on as they are (%s)', (trigger) => {
    const { template } = synthesize((stack) => {
      const parameter = (id: string) => new CfnParameter(stack, id).valueAsString;
      return {
        trigger,
        bucket: Bucket.fromBucketName(stack, 'Uploads', parameter('BucketName')),
        prefix: parameter('Prefix'),
        metadataPrefix: parameter('MetadataPrefix'),
      };
    });

    expect(statementWith(template, 's3:GetObject').Resource).toEqual({
      'Fn::Join': [
        '',
        ['arn:', { Ref: 'AWS::Partition' }, ':s3:::', { Ref: 'BucketName' }, '/', { Ref: 'Prefix' }, '*'],
      ],
    });
    expect(
      template.findResources('AWS::Lambda::Function', {
        Properties: {
          Environment: { Variables: { BUCKETLENS_METADATA_PREFIX: { Ref: 'MetadataPrefix' } } },
        },
      }),
    ).not.toEqual({});
  });

  it('are those of a bucket that this stack makes with a key of its own', () => {
    const { template } = synthesize((stack) => ({
      bucket: new Bucket(stack, 'Uploads', {
        encryption: BucketEncryption.KMS,
        bucketName: new CfnParameter(stack, 'Name').valueAsString,
      }) as IBucket,
    }));

    expect(statementWith(template, 'kms:Decrypt').Resource).toEqual({
      'Fn::GetAtt': [only(template, 'AWS::KMS::Key').id, 'Arn'],
    });
  });

  it('are the numbers of the function, which are not written as CDK encodes them', () => {
    const { template } = synthesize((stack) => {
      const number = (id: string) => new CfnParameter(stack, id, { type: 'Number' }).valueAsNumber;
      return {
        memorySize: number('Memory'),
        reservedConcurrency: number('Concurrency'),
        topK: number('TopK'),
        minScore: number('MinScore'),
        limits: { megabytes: number('Megabytes') },
      };
    });

    const { properties } = only(template, 'AWS::Lambda::Function');
    expect(properties).toMatchObject({
      MemorySize: { Ref: 'Memory' },
      ReservedConcurrentExecutions: { Ref: 'Concurrency' },
    });
    expect(properties.Environment.Variables).toMatchObject({
      BUCKETLENS_TOP_K: { Ref: 'TopK' },
      BUCKETLENS_MIN_SCORE: { Ref: 'MinScore' },
      BUCKETLENS_MAX_MEGABYTES: { Ref: 'Megabytes' },
    });
  });
});

it.each(triggers)("passes cdk-nag's rules with two buckets, one of them a parameter (%s)", (trigger) => {
  const { stack } = templateOf(createApp(), (scope) => {
    const parameter = (id: string) => new CfnParameter(scope, id).valueAsString;
    const classifier = new ImageClassifier(scope, 'Labels', { trigger });
    classifier.addBucket(Bucket.fromBucketName(scope, 'Archive', parameter('Name')), {
      prefix: parameter('Prefix'),
    });
    acknowledgeNotificationsHandlerFindings(scope);
  });

  const { violations } = new AwsSolutionsChecks(stack).validateScope(stack);

  expect(violations.map(({ ruleName }) => ruleName)).toEqual([]);
});

it('needs no flags of a newer CDK', () => {
  const app = new App({ context: { 'aws:cdk:disable-asset-staging': true } });

  expect(() =>
    templateOf(app, (stack) => {
      const classifier = new ImageClassifier(stack, 'Labels');
      classifier.addBucket(archive(stack));
      classifier.addAlarms({ email: 'ops@example.com' });
      classifier.addDashboard();
      classifier.notifyEmail('me@example.com');
    }),
  ).not.toThrow();
});
