/** A stack of somebody else's, in TypeScript: it is compiled against the package's types, and not run. */
import { App, Duration, Stack } from 'aws-cdk-lib';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { ImageClassifier, type ImageClassifierProps } from 'bucketlens';

const stack = new Stack(new App(), 'Photos');
const props: ImageClassifierProps = {
  bucket: Bucket.fromBucketName(stack, 'Uploads', 'my-photos'),
  trigger: 'sqs',
  queue: { maxConcurrency: 5 },
  writeBack: ['metadata', 'tags'],
};
const labels = new ImageClassifier(stack, 'Labels', props);
labels.onImageClassified('ToIndex', { target: new SqsQueue(new Queue(stack, 'Index')) });
labels.metricFailures().createAlarm(stack, 'Failing', { threshold: 1, evaluationPeriods: 1 });

// @ts-expect-error There is no such trigger: the properties have types, and are not `any`.
new ImageClassifier(stack, 'Misspelt', { trigger: 'kinesis' });
// @ts-expect-error There is no such property.
new ImageClassifier(stack, 'Unknown', { timout: Duration.seconds(30) });
