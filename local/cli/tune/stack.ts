/** The throw-away stacks that `bucketlens tune` measures: one for each architecture, and a bus of its own for the events. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type CloudFormationClient,
  DeleteStackCommand,
  waitUntilStackDeleteComplete,
} from '@aws-sdk/client-cloudformation';
import {
  CreateEventBusCommand,
  DeleteEventBusCommand,
  type EventBridgeClient,
} from '@aws-sdk/client-eventbridge';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import { DeleteObjectsCommand, ListObjectVersionsCommand, type S3Client } from '@aws-sdk/client-s3';
import * as v from 'valibot';
import { readOutputs, UnusableStack } from '../aws/deployment.ts';
import { runBucketlens } from '../cdk-program.ts';
import type { Architecture } from './price.ts';

export interface TuneClients {
  readonly cloudFormation: CloudFormationClient;
  readonly eventBridge: EventBridgeClient;
  readonly lambda: LambdaClient;
  readonly s3: S3Client;
}

/** The stack could not be deployed; the deployment has printed why. */
export class NotDeployed extends Error {
  override readonly name = 'NotDeployed';
}

// CloudFormation takes no underscore.
export function stackNameOf(architecture: Architecture): string {
  return `BucketlensTune-${architecture.replace('_', '-')}`;
}

/** @throws UnusableStack if an earlier run has left one behind, or another one is running. */
export async function assertNoStack(
  { cloudFormation }: TuneClients,
  architecture: Architecture,
): Promise<void> {
  const stackName = stackNameOf(architecture);
  if (await readOutputs(cloudFormation, stackName))
    throw new UnusableStack(
      `the stack ${stackName} is there already: wait until the other run has ended, or remove what it left behind: npx bucketlens tune --remove`,
    );
}

/** Settings that a throw-away stack has values of its own for. */
export const ownSettings = [
  'architecture',
  'memorySize',
  'eventBusName',
  'suffixes',
  'alarms',
  'dashboard',
  'removalPolicy',
  'trigger',
] as const;

type OwnSetting = (typeof ownSettings)[number];

/** Settings that name or notify what is the user's. A throw-away stack has none, since everything in it is deleted. */
export const foreignSettings = ['bucketName', 'topicArn', 'notifyEmail', 'alarmEmail'] as const;

export interface TunedStack {
  readonly architecture: Architecture;
  readonly memoryMb: number;
  /** Settings of `bucketlens deploy`, as `name=value`. */
  readonly settings: readonly string[];
}

/**
 * Deploys the stack. No upload invokes its function, and no rule of the account sees its events.
 *
 * @throws NotDeployed
 */
export async function createStack(
  { cloudFormation, eventBridge }: TuneClients,
  { architecture, memoryMb, settings }: TunedStack,
): Promise<{ readonly functionName: string; readonly bucket: string }> {
  const stackName = stackNameOf(architecture);
  await eventBridge.send(new CreateEventBusCommand({ Name: stackName })).catch(unlessThere);
  const own: Readonly<Record<OwnSetting, string>> = {
    architecture,
    memorySize: String(memoryMb),
    eventBusName: stackName,
    suffixes: '.no-upload-invokes-it',
    alarms: 'false',
    dashboard: 'false',
    removalPolicy: 'destroy',
    trigger: 's3',
  };
  const context = [
    ...settings,
    ...Object.entries(own).map(([name, value]) => `${name}=${value}`),
    `bucketlens:stack=${stackName}`,
  ];
  const options = context.flatMap((setting) => ['-c', setting]);
  const output = mkdtempSync(join(tmpdir(), 'bucketlens-tune-'));
  const exitCode = runBucketlens(
    ['deploy', '--require-approval', 'never', '--output', output, ...options],
    process.stderr,
  );
  rmSync(output, { recursive: true });
  if (exitCode !== 0) throw new NotDeployed(`the stack ${stackName} was not deployed; see above`);
  return v.parse(outputsSchema, await readOutputs(cloudFormation, stackName));
}

const outputsSchema = v.pipe(
  v.object({ FunctionName: v.string(), BucketName: v.string() }),
  v.transform(({ FunctionName, BucketName }) => ({ functionName: FunctionName, bucket: BucketName })),
);

/**
 * Removes the stack, its buckets and its bus, as far as they are there.
 *
 * @returns false if there was no stack.
 */
export async function removeStack(
  { cloudFormation, eventBridge, s3 }: TuneClients,
  architecture: Architecture,
): Promise<boolean> {
  const stackName = stackNameOf(architecture);
  const outputs = await readOutputs(cloudFormation, stackName);
  for (const bucket of [outputs?.BucketName, outputs?.BackfillReportsBucketName]) {
    // CloudFormation's own names begin with the stack's: no other bucket is emptied.
    if (bucket?.startsWith('bucketlenstune-')) await empty(s3, bucket);
  }
  if (outputs) {
    await cloudFormation.send(new DeleteStackCommand({ StackName: stackName }));
    await waitUntilStackDeleteComplete(
      { client: cloudFormation, maxWaitTime: 900, minDelay: 2, maxDelay: 10 },
      { StackName: stackName },
    );
  }
  await eventBridge.send(new DeleteEventBusCommand({ Name: stackName }));
  return outputs !== undefined;
}

async function empty(s3: S3Client, Bucket: string): Promise<void> {
  for (;;) {
    const { Versions = [], DeleteMarkers = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket }));
    const Objects = [...Versions, ...DeleteMarkers].map(({ Key, VersionId }) => ({ Key, VersionId }));
    if (Objects.length === 0) return;
    const { Errors: [failed] = [] } = await s3.send(
      new DeleteObjectsCommand({ Bucket, Delete: { Objects } }),
    );
    if (failed) throw new Error(`${failed.Key} cannot be deleted: ${failed.Code}: ${failed.Message}`);
  }
}

function unlessThere(error: Error): void {
  if (error.name !== 'ResourceAlreadyExistsException') throw error;
}
