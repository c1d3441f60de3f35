/** Runs the function with its real clients and the embedded model against the tests' S3 and EventBridge. */
import { createHash } from 'node:crypto';
import { vi } from 'vitest';
import { createClients, type Timeouts } from '../../../functions/classify/clients.ts';
import { readConfig } from '../../../functions/classify/config.ts';
import { type Classifier, createClassifier } from '../../../functions/classify/network/classifier.ts';
import type { Classification } from '../../../functions/classify/network/prediction.ts';
import type { InvocationResponse } from '../../../functions/classify/respond.ts';
import { startEventBridge, type TestEventBridge } from './eventbridge.ts';
import { startS3, type TestS3 } from './s3.ts';

interface InvokeOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly remainingMs?: () => number;
}

export interface TestFunction {
  readonly s3: TestS3;
  readonly bus: TestEventBridge;
  readonly invoke: (event: unknown, options?: InvokeOptions) => Promise<InvocationResponse>;
  readonly close: () => Promise<void>;
}

export const functionName = 'labeller';

/** Saves time for parallel tests: one thread, and one run of the network per image, however often it is uploaded. */
async function openClassifier(): Promise<Classifier> {
  const { manifest, classify } = await createClassifier('layers/model/efficientnet-lite0', { threads: 1 });
  const known = new Map<string, Promise<Classification[]>>();
  return {
    manifest,
    classify: (tensor) => {
      const id = createHash('sha256').update(tensor.data).digest('hex');
      const classifications = known.get(id) ?? classify(tensor);
      known.set(id, classifications);
      return classifications;
    },
  };
}
const classifier = openClassifier();

/** Starts it with its own S3 and EventBridge and two attempts per request. One at a time, because the environment configures it. */
export async function startFunction({
  versioned = false,
  timeouts,
}: {
  versioned?: boolean;
  timeouts?: Timeouts;
} = {}): Promise<TestFunction> {
  const [s3, bus] = await Promise.all([startS3({ versioned }), startEventBridge()]);
  const environment = {
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_MAX_ATTEMPTS: '2',
    AWS_ENDPOINT_URL_S3: s3.endpoint,
    AWS_ENDPOINT_URL_EVENTBRIDGE: bus.endpoint,
    POWERTOOLS_METRICS_DISABLED: 'true',
    POWERTOOLS_LOG_LEVEL: 'SILENT',
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  // Logger and metrics read the environment when they are imported.
  const { respond } = await import('../../../functions/classify/respond.ts');
  const clients = createClients(timeouts);

  return {
    s3,
    bus,
    invoke: (event, { environment: more = {}, remainingMs = () => 60_000 } = {}) =>
      respond(
        event,
        { awsRequestId: 'r1', getRemainingTimeInMillis: remainingMs },
        { ...clients, classifier, config: readConfig({ AWS_LAMBDA_FUNCTION_NAME: functionName, ...more }) },
      ),
    close: async () => {
      vi.unstubAllEnvs();
      clients.s3.destroy();
      clients.eventBridge.destroy();
      await Promise.all([s3.close(), bus.close()]);
    },
  };
}
