// Every trigger and option of the construct under cdk-nag's AwsSolutions rules, as version 2 or 3 runs them, without any
// acknowledgements. Prints what the rules find, and each error of the CDK, as a JSON array.
const { App, Aspects, Fn, Stack } = require('aws-cdk-lib');
const { Annotations, Match } = require('aws-cdk-lib/assertions');
const { LambdaDeploymentConfig } = require('aws-cdk-lib/aws-codedeploy');
const { Vpc } = require('aws-cdk-lib/aws-ec2');
const { Bucket } = require('aws-cdk-lib/aws-s3');
const { Topic } = require('aws-cdk-lib/aws-sns');
const { AwsSolutionsChecks } = require('cdk-nag');
const { ImageClassifier } = require('bucketlens');

const isVersion3 = 'validateScope' in AwsSolutionsChecks.prototype;
const findings = ['s3', 'sqs', 'eventbridge', 'sns'].flatMap((trigger) => {
  const app = new App();
  const stack = new Stack(app, 'Photos');
  const labels = new ImageClassifier(stack, 'Labels', {
    trigger,
    ...(trigger === 'sns' && {
      topic: Topic.fromTopicArn(stack, 'Uploads', 'arn:aws:sns:eu-west-1:123456789012:uploads'),
    }),
    prefix: 'year=2026/',
    tracing: true,
    writeBack: ['metadata', 'tags'],
    vpc: Vpc.fromVpcAttributes(stack, 'Vpc', {
      vpcId: 'vpc-1234',
      availabilityZones: ['eu-west-1a'],
      privateSubnetIds: ['subnet-1234'],
      privateSubnetRouteTableIds: ['rtb-1234'],
    }),
    deploymentConfig: LambdaDeploymentConfig.CANARY_10PERCENT_5MINUTES,
  });
  labels.onPrediction('ToIndex', new Topic(stack, 'Index', { enforceSSL: true }));
  labels.addAlarms({ email: 'ops@example.com' });
  labels.addDashboard();
  labels.notifyEmail('me@example.com');
  const imported = Bucket.fromBucketName(stack, 'Imported', Fn.importValue('bucket-name'));
  new ImageClassifier(stack, 'Other', { bucket: imported, trigger: 'eventbridge' });

  if (isVersion3) {
    return new AwsSolutionsChecks(stack).validateScope(stack).violations.map(({ ruleName }) => ruleName);
  }
  Aspects.of(app).add(new AwsSolutionsChecks());
  app.synth();
  const annotations = Annotations.fromStack(stack);
  return ['findError', 'findWarning']
    .flatMap((find) => annotations[find]('*', Match.anyValue()))
    .map(({ id, entry }) => `${id} ${entry.data}`);
});
console.log(JSON.stringify(findings));
