import { App, CfnParameter, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { describe, expect, it } from 'vitest';
import { ImageClassifier, type ImageClassifierProps } from '../../../cdk/constructs/image-classifier.ts';
import { InvalidSetting } from '../../../cdk/constructs/setting-checks.ts';

function classifierWith(props: (stack: Stack) => ImageClassifierProps) {
  return () => {
    const stack = new Stack(new App(), 'Test');
    new ImageClassifier(stack, 'Labels', props(stack));
  };
}

describe('ImageClassifier refuses', () => {
  it.each<[string, ImageClassifierProps, RegExp]>([
    ['a topK of 0', { topK: 0 }, /topK is 0; it takes a whole number from 1 to 1000/],
    ['a topK of 2.5', { topK: 2.5 }, /topK is 2.5; it takes a whole number/],
    ['a minScore above 1', { minScore: 1.01 }, /minScore is 1.01; it takes a number from 0 to 1/],
    ['a minScore that is no number', { minScore: Number.NaN }, /minScore is NaN/],
    [
      'too little memory',
      { memorySize: 511 },
      /memorySize is 511; it takes a whole number from 512 to 10240 MB/,
    ],
    ['more memory than Lambda has', { memorySize: 10_241 }, /memorySize is 10241/],
    ['a limit of no bytes', { limits: { megabytes: 0 } }, /limits\.megabytes is 0/],
    ['a limit of no pixels', { limits: { megapixels: -1 } }, /limits\.megapixels is -1/],
    [
      'files that its memory cannot hold',
      { limits: { megabytes: 1000 } },
      /limits\.megabytes is 1000, too much for a memorySize of 2048 MB.*at most 874, or a memorySize of 2300$/,
    ],
    [
      'files that little memory cannot hold',
      { memorySize: 512, limits: { megabytes: 106.2 } },
      /at most 106, or a memorySize of 513$/,
    ],
    [
      'a metadata prefix in capitals',
      { metadataPrefix: 'Labels' },
      /metadataPrefix is 'Labels'.*1 to 32 of a-z 0-9 -/,
    ],
    ['a metadata prefix that is empty', { metadataPrefix: '' }, /metadataPrefix is ''/],
    ['a key prefix that IAM reads as a wildcard', { prefix: 'photos*' }, /prefix is 'photos\*'/],
    ['a key prefix that is empty', { prefix: '' }, /prefix is ''.*leave it out/],
    ['a suffix with a space', { suffixes: ['.jpg', ' .png'] }, /suffixes has ' \.png'/],
    [
      'suffixes of which one ends in the other',
      { suffixes: ['.jpg', 'g'] },
      /suffixes has 'g' and '\.jpg'.*keep one/,
    ],
    ['a suffix twice', { suffixes: ['.jpg', '.jpg'] }, /suffixes has '\.jpg' and '\.jpg'/],
    [
      'a queue without the trigger for it',
      { queue: { batchSize: 5 } },
      /queue is set and the trigger is s3; /,
    ],
    [
      'a batch of no messages',
      { trigger: 'sqs', queue: { batchSize: 0 } },
      /queue\.batchSize is 0; .*1 to 10000/,
    ],
    [
      'a large batch that does not wait to be filled',
      { trigger: 'sqs', queue: { batchSize: 11 } },
      /queue\.batchSize is 11; more than 10 messages take a queue\.maxBatchingWindow/,
    ],
    [
      'a wait of over five minutes',
      { trigger: 'sqs', queue: { maxBatchingWindow: Duration.seconds(301) } },
      /queue\.maxBatchingWindow is 301; it takes a whole number from 0 to 300 seconds/,
    ],
    [
      'a concurrency that SQS does not take',
      { trigger: 'sqs', queue: { maxConcurrency: 1 } },
      /queue\.maxConcurrency is 1; .*2 to 1000/,
    ],
    ['a list of no places to write to', { writeBack: [] }, /writeBack is \[\]; .*or 'none'/],
    [
      'a place to write to twice',
      { writeBack: ['tags', 'tags'] },
      /writeBack is \[tags,tags\]; .*at most once/,
    ],
    [
      "an annotation with a name of S3's own",
      { writeBack: ['annotation'], metadataPrefix: 's3labels' },
      /metadataPrefix is 's3labels'; it names the annotation too/,
    ],
    [
      'a table of annotations that nobody writes',
      { queryable: true },
      /writeBack is metadata; .*add annotation/,
    ],
    ['a concurrency below nothing', { reservedConcurrency: -1 }, /reservedConcurrency is -1; .*from 0/],
    [
      'a single invocation at a time for a queue',
      { trigger: 'sqs', reservedConcurrency: 1 },
      /reservedConcurrency is 1; with the trigger sqs it takes at least 2/,
    ],
    [
      'a queue that asks for more invocations than are reserved',
      { trigger: 'sqs', reservedConcurrency: 5, queue: { maxConcurrency: 6 } },
      /queue\.maxConcurrency is 6 and reservedConcurrency 5; .*: take at most 5/,
    ],
    [
      'to empty a bucket that is kept',
      { autoDeleteObjects: true },
      /autoDeleteObjects is set and the bucket is kept; .*set removalPolicy to DESTROY/,
    ],
    ['a model that is not there', { model: 'resnet5000' }, /no model resnet5000/],
  ])('%s', (_, props, sentence) => {
    expect(classifierWith(() => props)).toThrow(sentence);
  });

  it.each<[string, ImageClassifierProps]>([
    ['versioned', { versioned: true }],
    ['removalPolicy', { removalPolicy: RemovalPolicy.DESTROY }],
    ['autoDeleteObjects', { autoDeleteObjects: false }],
  ])('%s together with a bucket, which it would not change', (name, props) => {
    const classifier = classifierWith((stack) => ({
      bucket: Bucket.fromBucketName(stack, 'Uploads', 'my-uploads'),
      ...props,
    }));

    expect(classifier).toThrow(InvalidSetting);
    expect(classifier).toThrow(`${name} is for a new bucket; a bucket that is given keeps its own setting`);
  });

  it.each<[string, (parameter: CfnParameter) => ImageClassifierProps, RegExp]>([
    [
      'a timeout',
      ({ valueAsNumber }) => ({ timeout: Duration.seconds(valueAsNumber) }),
      /^timeout is a time that only the deployment knows; it takes 10 to 900 seconds: write it out/,
    ],
    [
      'a batching window',
      ({ valueAsNumber }) => ({
        trigger: 'sqs',
        queue: { maxBatchingWindow: Duration.seconds(valueAsNumber) },
      }),
      /^queue\.maxBatchingWindow is a time that only the deployment knows/,
    ],
  ])('%s that only the deployment knows, as others are computed from it', (_, props, sentence) => {
    const classifier = classifierWith((stack) =>
      props(new CfnParameter(stack, 'Parameter', { type: 'Number' })),
    );

    expect(classifier).toThrow(sentence);
  });

  it('suffixes that only the deployment knows, as each takes a notification', () => {
    const classifier = classifierWith((stack) => ({
      suffixes: new CfnParameter(stack, 'Suffixes', { type: 'CommaDelimitedList' }).valueAsList,
    }));

    expect(classifier).toThrow(/^suffixes is a list that only the deployment knows/);
  });

  it('queryable together with a bucket, which it would not change', () => {
    const classifier = classifierWith((stack) => ({
      bucket: Bucket.fromBucketName(stack, 'Uploads', 'my-uploads'),
      writeBack: ['annotation'],
      queryable: true,
    }));

    expect(classifier).toThrow(/queryable is for a new bucket; .*metadataConfiguration/);
  });
});
