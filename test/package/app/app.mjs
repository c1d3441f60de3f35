// A CDK app of somebody else's, as an ES module. Its own settings: `-c architecture=x86_64`,
// `-c model=./models/mine` and `-c labelRules=./rules.json`.
import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Architecture } from 'aws-cdk-lib/aws-lambda';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { ImageClassifier } from 'bucketlens';

const app = new App();
const stack = new Stack(app, 'Photos');
const index = new Queue(stack, 'Index');

const labels = new ImageClassifier(stack, 'Labels', {
  prefix: 'photos/',
  model: app.node.tryGetContext('model'),
  labelRules: app.node.tryGetContext('labelRules'),
  architecture:
    app.node.tryGetContext('architecture') === 'x86_64' ? Architecture.X86_64 : Architecture.ARM_64,
});
labels.onImageClassified('ToIndex', { target: new SqsQueue(index) });

new CfnOutput(stack, 'BucketName', { value: labels.bucket.bucketName });
new CfnOutput(stack, 'IndexUrl', { value: index.queueUrl });
