/** A page on which anybody uploads a photo and sees its labels. */
import { join } from 'node:path';
import { App, CfnOutput, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Code, FunctionUrlAuthType, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { BlockPublicAccess, Bucket, HttpMethods, type IBucket } from 'aws-cdk-lib/aws-s3';
import { ImageClassifier } from 'bucketlens';

export const stack = new Stack(new App(), 'PhotoSite');
const photos = new Bucket(stack, 'Photos', {
  blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
  enforceSSL: true,
  cors: [{ allowedMethods: [HttpMethods.POST], allowedOrigins: ['*'] }],
  lifecycleRules: [{ expiration: Duration.days(1) }],
  removalPolicy: RemovalPolicy.DESTROY,
});
new ImageClassifier(stack, 'Labels', { bucket: photos as IBucket });

const site = new LambdaFunction(stack, 'Site', {
  runtime: Runtime.NODEJS_24_X,
  handler: 'index.handler',
  code: Code.fromAsset(join(import.meta.dirname, 'site')),
  environment: { BUCKET: photos.bucketName },
  timeout: Duration.seconds(10),
});
photos.grantPut(site);
photos.grantRead(site);
const { url } = site.addFunctionUrl({ authType: FunctionUrlAuthType.NONE });
new CfnOutput(stack, 'Url', { value: url });
