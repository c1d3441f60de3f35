/** A table of the labels of every image in a bucket, to be searched by label. */
import { join } from 'node:path';
import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import { AttributeType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { ImageClassifier } from 'bucketlens';

export const stack = new Stack(new App(), 'SearchByLabel');
const labels = new ImageClassifier(stack, 'Labels', { trigger: 'eventbridge', writeBack: 'none' });

const table = new TableV2(stack, 'Table', {
  partitionKey: { name: 'image', type: AttributeType.STRING },
  sortKey: { name: 'label', type: AttributeType.STRING },
  globalSecondaryIndexes: [
    {
      indexName: 'by-label',
      partitionKey: { name: 'label', type: AttributeType.STRING },
      sortKey: { name: 'score', type: AttributeType.NUMBER },
    },
  ],
});
const indexer = new LambdaFunction(stack, 'Indexer', {
  runtime: Runtime.NODEJS_24_X,
  handler: 'index.handler',
  code: Code.fromAsset(join(import.meta.dirname, 'index')),
  environment: { TABLE: table.tableName },
});
table.grantReadWriteData(indexer);
labels.bucket.grantRead(indexer);
const target = new LambdaTarget(indexer);
labels.onImageClassified('Classified', { target });
labels.onImageRejected('Rejected', { target });
new Rule(stack, 'Deleted', {
  eventPattern: {
    source: ['aws.s3'],
    detailType: ['Object Deleted'],
    detail: { bucket: { name: [labels.bucket.bucketName] } },
  },
  targets: [target],
});

new CfnOutput(stack, 'BucketName', { value: labels.bucket.bucketName });
new CfnOutput(stack, 'TableName', { value: table.tableName });
// For npx bucketlens backfill.
new CfnOutput(stack, 'FunctionArn', { value: labels.function.functionArn });
new CfnOutput(stack, 'BackfillRoleArn', { value: labels.backfill.role.roleArn });
new CfnOutput(stack, 'BackfillReportsBucketName', { value: labels.backfill.reportsBucket.bucketName });
