/** Nobody can read an upload until open-nsfw has found it safe. What it finds unsafe goes into a quarantine. */
import { join } from 'node:path';
import { App, CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import { AccountRootPrincipal, AnyPrincipal, Effect, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { BlockPublicAccess, Bucket } from 'aws-cdk-lib/aws-s3';
import { ImageClassifier } from 'bucketlens';

export const stack = new Stack(new App(), 'ModerateUploads');

// Versions bind the tags to the bytes that were classified.
const labels = new ImageClassifier(stack, 'Labels', {
  model: 'open-nsfw',
  writeBack: ['tags'],
  topK: 1,
  versioned: true,
});
const uploads = labels.bucket;
const quarantine = new Bucket(stack, 'Quarantine', {
  blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
  enforceSSL: true,
  versioned: true,
  lifecycleRules: [{ expiration: Duration.days(30), noncurrentVersionExpiration: Duration.days(1) }],
});

// The people who decide. Those who may assume the role are up to you.
const moderators = new Role(stack, 'Moderators', { assumedBy: new AccountRootPrincipal() });
uploads.grantReadWrite(moderators);
quarantine.grantReadWrite(moderators);

const mover = new LambdaFunction(stack, 'Mover', {
  runtime: Runtime.NODEJS_24_X,
  handler: 'index.handler',
  code: Code.fromAsset(join(import.meta.dirname, 'quarantine')),
  timeout: Duration.minutes(1),
  environment: { QUARANTINE: quarantine.bucketName },
});
uploads.grantRead(mover);
uploads.grantDelete(mover);
quarantine.grantPut(mover);
labels
  .onImageClassified('Unsafe', {
    eventPattern: { detail: { predictions: { label: ['nsfw'], score: [{ numeric: ['>=', 0.8] }] } } },
  })
  .addTarget(new LambdaTarget(mover));

const others = {
  ArnNotEquals: {
    'aws:PrincipalArn': [labels.function.role!.roleArn, mover.role!.roleArn, moderators.roleArn],
  },
};
function deny(sid: string, actions: string[], conditions: Record<string, unknown> = {}): void {
  uploads.addToResourcePolicy(
    new PolicyStatement({
      sid,
      effect: Effect.DENY,
      principals: [new AnyPrincipal()],
      actions,
      resources: [uploads.arnForObjects('*')],
      conditions: { ...others, ...conditions },
    }),
  );
}
// These conditions also hold for objects without tags.
const reading = ['s3:GetObject', 's3:GetObjectVersion'];
deny('UnlessSafe', reading, { StringNotEquals: { 's3:ExistingObjectTag/label': 'sfw' } });
deny('UnlessCertain', reading, {
  StringNotLike: { 's3:ExistingObjectTag/score': ['0.8*', '0.9*', '1.0000'] },
});
// An uploader must not call an image safe.
deny('Tagging', [
  's3:PutObjectTagging',
  's3:PutObjectVersionTagging',
  's3:DeleteObjectTagging',
  's3:DeleteObjectVersionTagging',
]);

new CfnOutput(stack, 'BucketName', { value: uploads.bucketName });
new CfnOutput(stack, 'QuarantineName', { value: quarantine.bucketName });
new CfnOutput(stack, 'ModeratorsRoleArn', { value: moderators.roleArn });
// For npx bucketlens backfill.
new CfnOutput(stack, 'FunctionArn', { value: labels.function.functionArn });
new CfnOutput(stack, 'BackfillRoleArn', { value: labels.backfill.role.roleArn });
new CfnOutput(stack, 'BackfillReportsBucketName', { value: labels.backfill.reportsBucket.bucketName });
