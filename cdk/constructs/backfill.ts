/** What `npm run backfill` needs in the account: a role for S3 Batch Operations, and a place for its reports. */
import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { acknowledgeRightsForObjects } from './acknowledgements.ts';
import { createReportsBucket } from './bucket.ts';
import type { Classifier } from './classifier.ts';
import type { ImageClassifierProps } from './image-classifier-props.ts';

/** What `bucketlens backfill` works with. */
export interface Backfill {
  /** What a job of S3 Batch Operations runs as: it may list the buckets, invoke the function and write its report. */
  readonly role: Role;
  /**
   * Where a job's report goes, for 30 days. Not into the labelled bucket: there each report would be one more upload to
   * look at and to reject, and a bucket that was given is not ours to put files into.
   */
  readonly reportsBucket: IBucket;
}

/** Costs nothing while no job runs. */
export function createBackfill(classifier: Classifier, props: ImageClassifierProps): Backfill {
  const reportsBucket = createReportsBucket(classifier, props);
  const role = new Role(classifier, 'BackfillRole', {
    assumedBy: new ServicePrincipal('batchoperations.s3.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(classifier).account } },
    }),
  });
  grant(role, 'lambda:InvokeFunction', classifier.function.functionArn);
  // A report is named after its job.
  grant(role, 's3:PutObject', reportsBucket.arnForObjects('*'));
  acknowledgeRightsForObjects(role, reportsBucket);
  return { role, reportsBucket };
}

/** S3 makes a job's list of objects as it makes an inventory. */
export function allowBackfill({ role }: Backfill, bucket: IBucket): void {
  grant(role, 's3:PutInventoryConfiguration', bucket.bucketArn);
}

function grant(role: Role, action: string, resource: string): void {
  role.addToPolicy(new PolicyStatement({ actions: [action], resources: [resource] }));
}
