/** The resources behind `bucketlens backfill`: a role for S3 Batch Operations and a bucket for its reports. */
import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { acknowledgeRightsForObjects } from './acknowledgements.ts';
import { createReportsBucket } from './bucket.ts';
import { type Classifier, invokedBy } from './classifier.ts';
import type { ImageClassifierProps } from './image-classifier-props.ts';

/** The resources that `bucketlens backfill` uses. */
export interface Backfill {
  /** The role of an S3 Batch Operations job: lists the buckets, invokes the function and writes the report. */
  readonly role: Role;
  /**
   * Receives the job reports, which expire after 30 days. A bucket of its own: in the labelled bucket each report would be
   * an upload to be rejected, and an imported bucket is not ours to write to.
   */
  readonly reportsBucket: IBucket;
}

/** Creates the role and the reports bucket; neither costs anything until a job runs. */
export function createBackfill(classifier: Classifier, props: ImageClassifierProps): Backfill {
  const reportsBucket = createReportsBucket(classifier, props);
  const role = new Role(classifier, 'BackfillRole', {
    assumedBy: new ServicePrincipal('batchoperations.s3.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(classifier).account } },
    }),
  });
  grant(role, 'lambda:InvokeFunction', invokedBy(classifier).functionArn);
  // Each report's key starts with its job's id.
  grant(role, 's3:PutObject', reportsBucket.arnForObjects('*'));
  acknowledgeRightsForObjects(role, reportsBucket);
  return { role, reportsBucket };
}

/** Lets a job list the bucket: S3 generates its manifest through an inventory configuration. */
export function allowBackfill({ role }: Backfill, bucket: IBucket): void {
  grant(role, 's3:PutInventoryConfiguration', bucket.bucketArn);
}

function grant(role: Role, action: string, resource: string): void {
  role.addToPolicy(new PolicyStatement({ actions: [action], resources: [resource] }));
}
