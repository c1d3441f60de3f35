import { App, CfnParameter, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Architecture } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { describe, expect, it } from 'vitest';
import { ImageClassifier, type ImageClassifierProps } from '../../../cdk/constructs/image-classifier.ts';
import { InvalidSetting } from '../../../cdk/constructs/settings/invalid-setting.ts';
import { only, statementWith, synthesize } from '../../support/synthesis.ts';

function classifierWith(props: (stack: Stack) => object) {
  return () => {
    const stack = new Stack(new App(), 'Test');
    new ImageClassifier(stack, 'Labels', props(stack) as ImageClassifierProps);
  };
}

describe('ImageClassifier refuses', () => {
  it.each<[string, ImageClassifierProps, RegExp]>([
    ['a topK of 0', { topK: 0 }, /topK is 0; it takes a whole number from 1 to 1000/],
    ['a topK of 2.5', { topK: 2.5 }, /topK is 2.5; it takes a whole number/],
    ['a minScore above 1', { minScore: 1.01 }, /minScore is 1.01; it takes a number from 0 to 1/],
    ['a minScore of NaN', { minScore: Number.NaN }, /minScore is NaN/],
    [
      'a memorySize below the minimum',
      { memorySize: 511 },
      /memorySize is 511; it takes a whole number from 512 to 10240 MB/,
    ],
    ['a memorySize above the maximum of Lambda', { memorySize: 10_241 }, /memorySize is 10241/],
    [
      'a limit of 0 MB',
      { limits: { megabytes: 0 } },
      /limits\.megabytes is 0; it takes a number from 0\.001/,
    ],
    ['a negative limit of megapixels', { limits: { megapixels: -1 } }, /limits\.megapixels is -1/],
    [
      'files that do not fit into the memory',
      { limits: { megabytes: 1000 } },
      /limits\.megabytes is 1000, too much for a memorySize of 2048 MB.*at most 874, or a memorySize of 2300$/,
    ],
    [
      'files that do not fit into a small memory',
      { memorySize: 512, limits: { megabytes: 106.2 } },
      /at most 106, or a memorySize of 513$/,
    ],
    [
      'capitals in metadataPrefix',
      { metadataPrefix: 'Labels' },
      /metadataPrefix is 'Labels'.*1 to 32 of a-z 0-9 -/,
    ],
    ['an empty metadataPrefix', { metadataPrefix: '' }, /metadataPrefix is ''/],
    [
      'the header of a metadata key',
      { metadataPrefix: 'x-amz-meta-ai' },
      /metadataPrefix is 'x-amz-meta-ai'; it takes the name alone, which S3 returns as x-amz-meta-NAME: 'ai'$/,
    ],
    ['a header without a name', { metadataPrefix: 'x-amz-meta-' }, /takes the name alone.*: 'labels'$/],
    ['a prefix with an IAM wildcard', { prefix: 'photos*' }, /prefix is 'photos\*'.*other than \* \? \$/],
    ['a prefix with an IAM variable', { prefix: '$' + '{aws:username}/' }, /other than \* \? \$/],
    [
      'a prefix that IAM policies cannot contain',
      { prefix: 'Müller/' },
      /prefix is 'Müller\/'.*printable ASCII/,
    ],
    ['an empty prefix', { prefix: '' }, /prefix is ''.*leave it out/],
    ['a prefix with a leading slash', { prefix: '/in/' }, /no leading slash: .*'in\/', so use that$/],
    ['a suffix with a line feed', { suffixes: ['.jpg\n'] }, /suffixes has '\.jpg\n'/],
    [
      'a suffix with a comma',
      { suffixes: ['.jpg', ',png'] },
      /suffixes is .*no suffix that contains a comma/,
    ],
    [
      'suffixes of which one ends with the other',
      { suffixes: ['.jpg', 'g'] },
      /suffixes has 'g' and '\.jpg'.*keep one/,
    ],
    ['a repeated suffix', { suffixes: ['.jpg', '.jpg'] }, /suffixes has '\.jpg' and '\.jpg'/],
    ['queue without the trigger sqs', { queue: { batchSize: 5 } }, /queue is set and the trigger is s3; /],
    ['a batchSize of 0', { trigger: 'sqs', queue: { batchSize: 0 } }, /queue\.batchSize is 0; .*1 to 10000/],
    [
      'a batchSize above 10 without a batching window',
      { trigger: 'sqs', queue: { batchSize: 11 } },
      /queue\.batchSize is 11; more than 10 messages need a queue\.maxBatchingWindow/,
    ],
    [
      'a batching window above five minutes',
      { trigger: 'sqs', queue: { maxBatchingWindow: Duration.seconds(301) } },
      /queue\.maxBatchingWindow is 5 minutes 1 second; it takes a whole number of seconds from 0 to 300/,
    ],
    [
      'a maxConcurrency below the minimum of SQS',
      { trigger: 'sqs', queue: { maxConcurrency: 1 } },
      /queue\.maxConcurrency is 1; .*2 to 1000/,
    ],
    ['an empty writeBack', { writeBack: [] }, /writeBack is \[\]; .*or 'none'/],
    [
      'a repeated writeBack',
      { writeBack: ['tags', 'tags'] },
      /writeBack is \['tags', 'tags'\]; .*at most once/,
    ],
    [
      'an annotation name that S3 reserves',
      { writeBack: ['annotation'], metadataPrefix: 's3labels' },
      /metadataPrefix is 's3labels'; it names the annotation too/,
    ],
    ['queryable without annotations', { queryable: true }, /writeBack is \['metadata'\]; .*add annotation/],
    ['a negative reservedConcurrency', { reservedConcurrency: -1 }, /reservedConcurrency is -1; .*from 0/],
    [
      'a reservedConcurrency of 1 for a queue',
      { trigger: 'sqs', reservedConcurrency: 1 },
      /reservedConcurrency is 1; with the trigger sqs it takes at least 2/,
    ],
    [
      'a maxConcurrency above reservedConcurrency',
      { trigger: 'sqs', reservedConcurrency: 5, queue: { maxConcurrency: 6 } },
      /queue\.maxConcurrency is 6 and reservedConcurrency 5; .*: use at most 5/,
    ],
    [
      'autoDeleteObjects for a retained bucket',
      { autoDeleteObjects: true },
      /autoDeleteObjects is set and the bucket is retained; .*set removalPolicy to DESTROY/,
    ],
    ['a model that does not exist', { model: 'resnet5000' }, /no model resnet5000/],
  ])('%s', (_, props, sentence) => {
    expect(classifierWith(() => props)).toThrow(sentence);
  });

  it.each<[string, ImageClassifierProps]>([
    ['versioned', { versioned: true }],
    ['removalPolicy', { removalPolicy: RemovalPolicy.DESTROY }],
    ['autoDeleteObjects', { autoDeleteObjects: false }],
  ])('%s for an existing bucket', (name, props) => {
    const classifier = classifierWith((stack) => ({
      bucket: Bucket.fromBucketName(stack, 'Uploads', 'my-uploads'),
      ...props,
    }));

    expect(classifier).toThrow(InvalidSetting);
    expect(classifier).toThrow(`${name} is for a new bucket; an existing bucket keeps its own setting`);
  });

  it.each<[string, (parameter: CfnParameter) => ImageClassifierProps, RegExp]>([
    [
      'a timeout',
      ({ valueAsNumber }) => ({ timeout: Duration.seconds(valueAsNumber) }),
      /^timeout is a time known only at deployment; it takes .*: other settings are computed from it, so write it out/,
    ],
    [
      'a batching window',
      ({ valueAsNumber }) => ({
        trigger: 'sqs',
        queue: { maxBatchingWindow: Duration.seconds(valueAsNumber) },
      }),
      /^queue\.maxBatchingWindow is a time known only at deployment; .*write it out/,
    ],
  ])('%s known only at deployment', (_, props, sentence) => {
    const classifier = classifierWith((stack) =>
      props(new CfnParameter(stack, 'Parameter', { type: 'Number' })),
    );

    expect(classifier).toThrow(sentence);
  });

  it('suffixes known only at deployment', () => {
    const classifier = classifierWith((stack) => ({
      suffixes: new CfnParameter(stack, 'Suffixes', { type: 'CommaDelimitedList' }).valueAsList,
    }));

    expect(classifier).toThrow(
      'suffixes is a value known only at deployment; it takes texts known at synthesis: each needs a notification of its own, so write them out',
    );
  });

  it('queryable for an existing bucket', () => {
    const classifier = classifierWith((stack) => ({
      bucket: Bucket.fromBucketName(stack, 'Uploads', 'my-uploads'),
      writeBack: ['annotation'],
      queryable: true,
    }));

    expect(classifier).toThrow(/queryable is for a new bucket; set metadataConfiguration/);
  });

  it.each(['photos--use1-az4--x-s3', 'my-ap-abcdefgh123-s3alias', 'my-ap-hash--ol-s3'])(
    'the imported bucket %s, which sends no object events',
    (name) => {
      const classifier = classifierWith((stack) => ({
        bucket: Bucket.fromBucketName(stack, 'Uploads', name),
      }));

      expect(classifier).toThrow(new RegExp(`^Test/Uploads is '${name}'; it takes a `));
    },
  );

  it('shows no tokens in its messages', () => {
    const error = new InvalidSetting(`prefix is '${new CfnParameter(new Stack(), 'P').valueAsString}'`);

    expect(error.message).toBe("prefix is '(known at deployment)'");
  });
});

describe('JavaScript, which has no types', () => {
  it.each<[string, object, (properties: Record<string, never>) => unknown, unknown]>([
    ['architecture as text', { architecture: 'x86_64' }, (p) => p.Architectures, ['x86_64']],
    ['timeout as a number', { timeout: 30 }, (p) => p.Timeout, 30],
    ['memorySize as text', { memorySize: '3008' }, (p) => p.MemorySize, 3008],
    [
      'writeBack as text',
      { writeBack: 'tags' },
      (p) => p.Environment,
      expect.objectContaining({
        Variables: expect.objectContaining({ BUCKETLENS_WRITE_BACK: 'tags' }),
      }),
    ],
    [
      "writeBack as ['none']",
      { writeBack: ['none'] },
      (p) => p.Environment,
      expect.objectContaining({
        Variables: expect.objectContaining({ BUCKETLENS_WRITE_BACK: 'none' }),
      }),
    ],
  ])('may pass %s', (_, props, read, expected) => {
    const { properties } = only(synthesize(() => props).template, 'AWS::Lambda::Function');

    expect(read(properties)).toEqual(expected);
  });

  it('may pass one suffix as text', () => {
    const { classifier } = synthesize(() => ({ suffixes: '.jpg' }) as object);

    expect(classifier.buckets[0]!.suffixes).toEqual(['.jpg']);
  });

  it.each(['eventBridge', 'EVENTBRIDGE', 'SQS'])('may spell the trigger %s', (trigger) => {
    const { template } = synthesize(() => ({ trigger }) as object);

    const type = trigger === 'SQS' ? 'AWS::Lambda::EventSourceMapping' : 'AWS::Events::Rule';
    expect(Object.keys(template.findResources(type))).toHaveLength(1);
  });

  it('may name a bucket, a bus and a key', () => {
    const { template, classifier } = synthesize(
      () =>
        ({
          bucket: 'my-photos',
          eventBus: 'mine',
          encryptionKey: 'arn:aws:kms:eu-west-1:123456789012:key/1234',
        }) as object,
    );

    expect(classifier.bucket.bucketName).toBe('my-photos');
    expect(classifier.eventBus.eventBusName).toBe('mine');
    expect(statementWith(template, 'kms:Decrypt').Resource).toBe(
      'arn:aws:kms:eu-west-1:123456789012:key/1234',
    );
  });

  it.each([RetentionDays.ONE_WEEK, '7', 'ONE_WEEK'])('may give logRetention as %s', (logRetention) => {
    const { template } = synthesize(() => ({ logRetention }) as object);

    expect(only(template, 'AWS::Logs::LogGroup').properties.RetentionInDays).toBe(7);
  });

  it('may set a property to undefined', () => {
    const { template } = synthesize(
      () => ({ memorySize: undefined, limits: { megabytes: undefined } }) as object,
    );

    expect(only(template, 'AWS::Lambda::Function').properties.MemorySize).toBe(2048);
  });

  it.each<[object, string]>([
    [
      { writeBack: ['tag'] },
      "writeBack is ['tag']; it takes any of tags, annotation, metadata, each at most once",
    ],
    [{ writeBack: { metadata: true } }, 'writeBack is an object (Object); it takes any of'],
    [{ architecture: 'arm' }, "architecture is 'arm'; it takes arm64 or x86_64"],
    [{ architecture: Architecture }, 'architecture is'],
    [{ timeout: 'soon' }, "timeout is 'soon'; it takes a whole number of seconds from 10 to 900"],
    [
      { bucket: {} },
      'bucket is an object (Object); it takes a bucket, such as Bucket.fromBucketName(…), or its name',
    ],
    [{ bucket: 'My_Photos' }, "bucket is 'My_Photos'; it takes the name of a bucket"],
    [
      { eventBus: 5 },
      'eventBus is 5; it takes an event bus, such as EventBus.fromEventBusName(…), or its name or ARN',
    ],
    [
      { encryptionKey: 'alias/photos' },
      "encryptionKey is 'alias/photos'; it takes the ARN of a key, not of an alias",
    ],
    [{ limits: 50 }, 'limits is 50; it takes limits.megabytes and limits.megapixels'],
    [{ timout: 30 }, 'timout is not a property of ImageClassifier; did you mean timeout?'],
    [
      { queue: { batchsize: 5 } },
      'queue.batchsize is not a property of ImageClassifier; did you mean queue.batchSize?',
    ],
    [{ frobnicate: 1 }, 'frobnicate is not a property of ImageClassifier; it has prefix, suffixes, '],
    [{ topK: 0, minScore: 2 }, 'minScore is 2; it takes a number from 0 to 1'],
  ])('is refused %j in a sentence', (props, sentence) => {
    const refused = classifierWith(() => props);

    expect(refused).toThrow(InvalidSetting);
    expect(refused).toThrow(sentence);
  });

  it('is refused an unknown option of addBucket', () => {
    expect(() =>
      synthesize(
        () => ({}),
        (classifier) => classifier.addBucket(classifier.bucket, { prefixes: ['a/'] } as object),
      ),
    ).toThrow('prefixes is not a property of BucketOptions; did you mean prefix?');
  });

  it.each([
    [null, 'ImageClassifier is given null; it takes options such as'],
    ['my-photos', "ImageClassifier is given 'my-photos'; it takes options such as { prefix: 'photos/' }"],
    [[], 'ImageClassifier is given []; it takes options such as'],
  ])('is refused %j in the place of its properties', (props, sentence) => {
    const refused = classifierWith(() => props as object);

    expect(refused).toThrow(InvalidSetting);
    expect(refused).toThrow(sentence);
  });

  it('is refused a CDK object in the place of a group of properties', () => {
    expect(classifierWith((scope) => ({ trigger: 'sqs', queue: new Queue(scope, 'Uploads') }))).toThrow(
      'queue is an object (Queue2); it takes queue.batchSize, queue.maxBatchingWindow and queue.maxConcurrency',
    );
  });

  const withMethod = (call: (classifier: ImageClassifier) => void) => () => synthesize(() => ({}), call);

  it.each<[string, (classifier: ImageClassifier) => void, string]>([
    ['no bucket', (labels) => labels.addBucket(undefined as never), 'bucket is null; it takes a bucket'],
    [
      'a prefix as the options of addBucket',
      (labels) => labels.addBucket('my-archive' as never, 'scans/' as never),
      "addBucket is given 'scans/'; it takes options such as { prefix: 'photos/' }",
    ],
    [
      'an address as the options of addAlarms',
      (labels) => labels.addAlarms('me@example.com' as never),
      "addAlarms is given 'me@example.com'; it takes options such as { email: 'you@example.com' }",
    ],
    [
      'an unknown option of addAlarms',
      (labels) => labels.addAlarms({ emails: ['me@example.com'] } as never),
      'emails is not a property of AlarmOptions; did you mean email?',
    ],
    [
      'a queue as the topic of alarms',
      (labels) => labels.addAlarms({ topic: labels.deadLetterQueue as never }),
      'topic is an object (Queue2); it takes a topic, such as Topic.fromTopicArn(…), or its ARN',
    ],
    [
      'a list of addresses',
      (labels) => labels.notifyEmail(['me@example.com'] as never),
      "['me@example.com'] is not an e-mail address",
    ],
  ])('is refused %s', (_, call, sentence) => {
    expect(withMethod(call)).toThrow(InvalidSetting);
    expect(withMethod(call)).toThrow(sentence);
  });

  it('may name a bucket and a topic in its methods', () => {
    const topicArn = 'arn:aws:sns:eu-west-1:123456789012:alarms';
    const { template } = synthesize(
      () => ({}),
      (classifier) => {
        classifier.addBucket('my-archive' as never);
        classifier.addAlarms({ topic: topicArn as never });
      },
    );

    expect(JSON.stringify(template.toJSON())).toContain(':s3:::my-archive/*');
    const alarms = Object.values(template.findResources('AWS::CloudWatch::Alarm'));
    expect(alarms.map(({ Properties }) => Properties.AlarmActions)).toEqual(alarms.map(() => [topicArn]));
  });
});
