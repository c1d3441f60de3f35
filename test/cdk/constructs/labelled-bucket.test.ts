import { App, Aws, CfnCondition, CfnMapping, CfnParameter, Fn, Lazy, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket, BucketEncryption, type CfnBucket, type IBucket } from 'aws-cdk-lib/aws-s3';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, it } from 'vitest';
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

  it('grants the function the same permissions as in the first bucket, on the keys of the second', () => {
    const { template } = withArchive();

    const { Resource } = statementWith(template, 's3:GetObject');
    expect(Resource.map((arn: { 'Fn::Join': [string, unknown[]] }) => arn['Fn::Join'][1].at(-1))).toEqual([
      ':s3:::my-archive/scans/*',
      '/*',
    ]);
    expect(statementWith(template, 's3:ListBucket').Resource).toHaveLength(2);
    expect(statementWith(template, 'kms:Decrypt')).toBeUndefined();
  });

  it("grants the use of that bucket's key", () => {
    const { template } = synthesize(
      () => ({}),
      (classifier) =>
        classifier.addBucket(archive(Stack.of(classifier)), { encryptionKey: new Key(classifier, 'Key') }),
    );

    expect(statementWith(template, 'kms:Decrypt').Resource).toEqual({
      'Fn::GetAtt': [only(template, 'AWS::KMS::Key').id, 'Arn'],
    });
  });

  it('lets a backfill job list the bucket', () => {
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

  it('lets only this bucket of this account invoke the function (s3)', () => {
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

  it('lets the bucket send to the shared queue (sqs)', () => {
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

  it('adds a rule for the bucket (eventbridge)', () => {
    const { template } = withArchive({ trigger: 'eventbridge' });

    const patterns = Object.values(template.findResources('AWS::Events::Rule')).map(
      ({ Properties }) => Properties.EventPattern.detail,
    );
    expect(patterns).toEqual([
      { bucket: { name: [{ Ref: only(template, 'AWS::S3::Bucket').id }] } },
      { bucket: { name: ['my-archive'] }, object: { key: [{ wildcard: 'scans/*.tif' }] } },
    ]);
  });

  it('labels several prefixes of one bucket and matches their predictions with one rule', () => {
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
  ])('accepts one bucket twice with disjoint %s', (_, first, second) => {
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

  it('each invoke a function of their own for their own prefix', () => {
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

  it('have permissions on objects below their own prefix only', () => {
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

describe('two classifiers that share keys of one bucket', () => {
  const both = (first: ImageClassifierProps, second: ImageClassifierProps) => () =>
    templateOf(createApp(), (stack) => {
      new ImageClassifier(stack, 'One', { ...first, bucket: archive(stack) });
      const again = Bucket.fromBucketName(stack, 'Again', 'my-archive');
      new ImageClassifier(stack, 'Two', { ...second, bucket: again });
    });

  it.each<[ImageClassifierProps, ImageClassifierProps]>([
    [{}, {}],
    [{ prefix: 'photos/' }, { prefix: 'photos/2026/' }],
    [{ prefix: 'photos/', trigger: 'sqs' }, {}],
    [{ suffixes: ['.jpg'] }, { suffixes: ['.png', 'old.jpg'], metadataPrefix: 'other' }],
  ])('are refused when S3 notifies both (%j and %j)', (first, second) => {
    expect(both(first, second)).toThrow(
      /^Test\/Again is labelled by Test\/One too, and a key can be in '.*' and in '.*'; S3 refuses notifications that overlap: give each a prefix/,
    );
  });

  it('are refused when each would overwrite the labels of the other', () => {
    expect(both({ trigger: 'eventbridge' }, { trigger: 's3' })).toThrow(
      'each would overwrite the labels of the other: give each a metadataPrefix of its own',
    );
    expect(
      both({ trigger: 'eventbridge', writeBack: ['tags'] }, { writeBack: ['tags'], metadataPrefix: 'other' }),
    ).toThrow('each would overwrite the tags of the other: remove tags from the writeBack of one of them');
  });

  it.each<[ImageClassifierProps, ImageClassifierProps]>([
    [{ prefix: 'a/' }, { prefix: 'b/' }],
    [{ suffixes: ['.jpg'] }, { suffixes: ['.png'] }],
    [{ trigger: 'eventbridge' }, { metadataPrefix: 'other' }],
    [{ trigger: 'eventbridge' }, { writeBack: 'none' }],
    [{ trigger: 'eventbridge', writeBack: ['tags'] }, { writeBack: ['metadata'] }],
  ])('are accepted when they do not meet (%j and %j)', (first, second) => {
    expect(both(first, second)).not.toThrow();
  });

  it('are accepted in two apps', () => {
    const alone = () =>
      templateOf(createApp(), (stack) => new ImageClassifier(stack, 'Labels', { bucket: archive(stack) }));

    alone();
    expect(alone).not.toThrow();
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

  it("is labelled through EventBridge, enabled in the bucket's own stack", () => {
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
    'is refused with the trigger %s, which would make the stacks depend on each other',
    (trigger) => {
      expect(() => across(trigger, (stack) => new Bucket(stack, 'Uploads') as IBucket)).toThrow(
        `Storage/Uploads is made in the stack Storage; with the trigger ${trigger}, it and Labelling would each have to be deployed before the other: use the trigger eventbridge, or put the classifier into Storage`,
      );
    },
  );

  it.each(triggers)('is labelled if that stack imports it (%s)', (trigger) => {
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

  it.each(triggers)('is refused in another region (%s)', (trigger) => {
    expect(labelling(trigger, { region: 'us-east-1' })).toThrow(
      'Test/Uploads is in us-east-1 and Test/Labels in eu-central-1; a bucket reaches only functions of its own region: deploy a classifier there',
    );
  });

  it.each(['s3', 'sqs'] as const)('is refused in another account (%s)', (trigger) => {
    expect(labelling(trigger, { account: '222222222222' })).toThrow(
      `Test/Uploads is in the account 222222222222 and Test/Labels in 111111111111; the trigger ${trigger} is set up from the bucket's own account`,
    );
  });

  it('is accepted in another account with the trigger eventbridge', () => {
    expect(labelling('eventbridge', { account: '222222222222' })).not.toThrow();
  });

  it('is accepted while the region of the stack is unknown', () => {
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

describe('values known only at deployment', () => {
  it.each(triggers)('are passed on unchanged (%s)', (trigger) => {
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

  it('include the key of a bucket in the same stack', () => {
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

  it("include the numbers of the function, without the CDK's token encoding", () => {
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

/** A pseudo parameter in the syntax of Fn.sub. */
function pseudo(name: string) {
  return `$\{AWS::${name}}`;
}

describe.each<[string, (stack: Stack) => string]>([
  ['Fn.importValue', () => Fn.importValue('bucket-name')],
  ['Fn.importValue of Fn.sub', () => Fn.importValue(Fn.sub(`${pseudo('StackName')}-bucket`))],
  ['Fn.sub', () => Fn.sub(`photos-${pseudo('AccountId')}`)],
  ['Fn.sub with variables', () => Fn.sub(`photos-$\{Stage}`, { Stage: 'prod' })],
  ['Fn.select', () => Fn.select(0, Fn.split(',', Fn.importValue('bucket-names')))],
  [
    'Fn.select of a list parameter',
    (stack) => Fn.select(1, new CfnParameter(stack, 'Names', { type: 'CommaDelimitedList' }).valueAsList),
  ],
  [
    'Fn.conditionIf',
    (stack) => {
      new CfnCondition(stack, 'IsProd', { expression: Fn.conditionEquals(Aws.REGION, 'eu-west-1') });
      return Fn.conditionIf('IsProd', 'photos', 'photos-test').toString();
    },
  ],
  [
    'Fn.findInMap',
    (stack) => {
      new CfnMapping(stack, 'Buckets', { mapping: { 'eu-west-1': { name: 'photos' } } });
      return Fn.findInMap('Buckets', Aws.REGION, 'name');
    },
  ],
  ['Fn.join', () => Fn.join('-', ['photos', Aws.ACCOUNT_ID])],
  [
    'Fn.getAtt',
    (stack) => {
      const bucket = new Bucket(stack, 'Other');
      return Fn.select(
        5,
        Fn.split(':', Fn.getAtt((bucket.node.defaultChild as CfnBucket).logicalId, 'Arn').toString()),
      );
    },
  ],
  ['a CloudFormation parameter', (stack) => new CfnParameter(stack, 'Name').valueAsString],
  ['an SSM parameter', (stack) => StringParameter.valueForStringParameter(stack, '/photos/bucket')],
  ['a lazy value', () => Lazy.string({ produce: () => 'my-photos' })],
])('a bucket name from %s', (_, nameIn) => {
  it.each(
    triggers.flatMap((trigger) =>
      [undefined, 'photos/', 'year=2026/'].map((prefix) => ({ trigger, prefix })),
    ),
  )('is labelled, and passes cdk-nag ($trigger, prefix $prefix)', ({ trigger, prefix }) => {
    const { stack, template } = templateOf(createApp(), (scope) => {
      const bucket = Bucket.fromBucketName(scope, 'Uploads', nameIn(scope));
      new ImageClassifier(scope, 'Labels', { bucket, trigger, ...(prefix !== undefined && { prefix }) });
    });

    const { violations } = new AwsSolutionsChecks(stack).validateScope(stack);

    const labelling = violations.filter(({ violatingResources }) =>
      violatingResources.some(({ constructPath }) => constructPath?.startsWith('Test/Labels')),
    );
    expect(labelling.map(({ ruleName }) => ruleName)).toEqual([]);
    expect(JSON.stringify(statementWith(template, 's3:GetObject').Resource)).toContain(`/${prefix ?? ''}*`);
  });
});

it.each(triggers)("passes cdk-nag's rules with two buckets, one of them a parameter (%s)", (trigger) => {
  const { stack } = templateOf(createApp(), (scope) => {
    const parameter = (id: string) => new CfnParameter(scope, id).valueAsString;
    const classifier = new ImageClassifier(scope, 'Labels', { trigger });
    classifier.addBucket(Bucket.fromBucketName(scope, 'Archive', parameter('Name')), {
      prefix: parameter('Prefix'),
    });
  });

  const { violations } = new AwsSolutionsChecks(stack).validateScope(stack);

  expect(violations.map(({ ruleName }) => ruleName)).toEqual([]);
});

it('works without the feature flags of newer CDK versions', () => {
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
