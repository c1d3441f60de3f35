/** Reads the settings of a deployed stack that decide what it promises, as far as the user's rights allow. */
import { GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import {
  GetBucketNotificationConfigurationCommand,
  GetBucketVersioningCommand,
  GetObjectLockConfigurationCommand,
} from '@aws-sdk/client-s3';
import { type WriteBackMode, writeBackModes } from '../../../functions/classify/write-back/mode.ts';
import type { Deployment } from '../aws/deployment.ts';
import type { Clients, Settings } from './target.ts';

/** Settings whose reading was denied have the values of the outputs, or their defaults; `versioned` is then undefined. */
export async function readSettings(
  { s3, lambda }: Pick<Clients, 's3' | 'lambda'>,
  { BucketName: Bucket, FunctionArn, Settings: recorded = '{}' }: Deployment,
): Promise<Settings> {
  const given: Readonly<Record<string, unknown>> = JSON.parse(recorded);
  const [labeller, versioning, lock, notifications] = await Promise.all([
    ifReadable(lambda.send(new GetFunctionConfigurationCommand({ FunctionName: FunctionArn }))),
    ifReadable(s3.send(new GetBucketVersioningCommand({ Bucket }))),
    ifReadable(s3.send(new GetObjectLockConfigurationCommand({ Bucket }))),
    ifReadable(s3.send(new GetBucketNotificationConfigurationCommand({ Bucket }))),
  ]);
  const environment = labeller?.Environment?.Variables ?? {};
  const [architecture] = labeller?.Architectures ?? [];
  return {
    trigger: String(given.trigger ?? 's3'),
    writeBack: modesIn(environment.BUCKETLENS_WRITE_BACK ?? given.writeBack ?? 'metadata'),
    metadataPrefix: String(environment.BUCKETLENS_METADATA_PREFIX ?? given.metadataPrefix ?? 'labels'),
    copies: String(given.copies) !== 'false',
    queryable: String(given.queryable) === 'true',
    versioned: versioning && versioning.Status === 'Enabled',
    objectLock: lock?.ObjectLockConfiguration?.ObjectLockEnabled === 'Enabled',
    eventBridge: notifications?.EventBridgeConfiguration !== undefined,
    ...(architecture && { architecture }),
    ...(labeller?.MemorySize && { memoryMegabytes: labeller.MemorySize }),
  };
}

/** The response; undefined if the right is missing, or the bucket has no such configuration. */
function ifReadable<Response>(response: Promise<Response>): Promise<Response | undefined> {
  return response.catch((error) => {
    const status = error.$metadata?.httpStatusCode;
    if (status === 403 || status === 404 || /^AccessDenied/.test(error.name)) return undefined;
    throw error;
  });
}

/** A list, or text with commas, as settings take them. */
function modesIn(setting: unknown): readonly WriteBackMode[] {
  const names = String(setting).split(/ *, */);
  return writeBackModes.filter((mode) => names.includes(mode));
}
