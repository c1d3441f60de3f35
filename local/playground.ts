/** The whole path on one machine: S3 endpoint -> notification -> the Lambda bundle with its layers -> event bus -> page. */
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { devNull, tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { bundleFunction } from '../functions/bundle.ts';
import { defaultLimits } from '../functions/classify/decode.ts';
import type { PredictionEvent } from '../functions/classify/publish.ts';
import { buildModelLayer, findModel } from '../layers/model/layer.ts';
import { buildRuntimeLayer } from '../layers/runtime/layer.ts';
import { startEventBus } from './event-bus.ts';
import { createLambda } from './lambda.ts';
import { type CreatedObject, createNotification } from './notification.ts';
import { startPageServer } from './page-server.ts';
import { createPhotos, isFolder, type Photo, toPhoto } from './photos.ts';
import { startS3Endpoint } from './s3-endpoint.ts';

export interface PlaygroundOptions {
  /** The page's port; the S3 endpoint has the next one. 0 for any two that are free. */
  readonly port: number;
  /** Keeps the bucket; without it, the bucket goes when the playground does. */
  readonly dataDir?: string;
  /** A model's name, or the path of its folder. */
  readonly model: string;
  /** Shows the function's own log; without it, the log goes to `function.log` in the data folder. */
  readonly verbose: boolean;
  readonly onPrediction: (event: PredictionEvent) => void;
  /** The function failed three times for an object. */
  readonly onFailure: (key: string, error: Error) => void;
}

export interface Playground {
  readonly pageUrl: string;
  readonly s3Url: string;
  readonly close: () => Promise<void>;
}

export const bucket = 'uploads';

const functionName = 'bucketlens-playground';
// As in AWS, the function is known by its credentials. They are good for this machine's endpoint only.
const functionKey = 'BUCKETLENSFUNCTION';
const credentials = { accessKeyId: 'BUCKETLENSPAGE', secretAccessKey: 'local' };

/**
 * Builds the function and its layers where they are outdated, and starts everything.
 *
 * @throws InvalidModel | UnsupportedPlatform | PortUnavailable | FunctionFailed
 */
export const startPlayground = async (options: PlaygroundOptions): Promise<Playground> => {
  const { port, model, onPrediction, onFailure } = options;
  const temporaryDir = await mkdtemp(join(tmpdir(), 'bucketlens-playground-'));
  const closers = [() => rm(temporaryDir, { recursive: true, force: true, maxRetries: 3 })];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const artefacts = buildArtefacts(model, temporaryDir);
    const dataDir = options.dataDir ?? join(temporaryDir, 'data');
    const bucketsDir = join(dataDir, 'buckets');
    await mkdir(bucketsDir, { recursive: true });

    const bus = await startEventBus((event) => {
      photos.update(toPhoto(event));
      onPrediction(event);
    });
    closers.push(bus.close);
    const s3Endpoint = await startS3Endpoint({
      directory: bucketsDir,
      port: port === 0 ? 0 : port + 1,
      bucket,
      principalOf: (accessKeyId) =>
        accessKeyId === functionKey ? `AWS:AROALOCAL:${functionName}` : 'AWS:AIDALOCAL',
      onCreated: (object) => notify(object),
    });
    closers.push(s3Endpoint.close);
    const lambda = createLambda({
      ...artefacts,
      environment: { ...artefacts.environment, ...awsEnvironment(s3Endpoint.url, bus.url) },
      log: options.verbose ? process.stderr : createWriteStream(join(dataDir, 'function.log')),
    });
    closers.push(lambda.close);
    const s3 = new S3Client({
      endpoint: s3Endpoint.url,
      region: 'us-east-1',
      forcePathStyle: true,
      credentials,
    });
    const photos = createPhotos(s3, bucket);
    const notify = (object: CreatedObject) => {
      const { key, principalId } = object;
      if (isFolder(key)) return;
      const waiting: Photo = { key, status: 'waiting' };
      if (!principalId.endsWith(functionName)) photos.update(waiting);
      lambda.invoke(createNotification(object)).then(
        () => {
          // No event: the object was deleted or replaced before its turn.
          if (photos.get(key) === waiting) photos.update({ key, status: 'unlabelled' });
        },
        (error: Error) => {
          photos.update({ key, status: 'failed', reason: error.message });
          onFailure(key, error);
        },
      );
    };
    const page = await startPageServer({
      port,
      s3,
      bucket,
      photos,
      maxUploadBytes: 2 * defaultLimits.maxBytes,
    });
    closers.push(page.close);
    await lambda.ready;
    return { pageUrl: `${page.url}/`, s3Url: s3Endpoint.url, close };
  } catch (error) {
    await close();
    throw error;
  }
};

/** The bundle stands outside of the repository: as in Lambda, no package.json and no node_modules are above it. */
const buildArtefacts = (model: string, temporaryDir: string) => {
  const layersDir = join(import.meta.dirname, '..', 'build', 'layers');
  const runtimeLayer = join(layersDir, `runtime-${process.platform}-${process.arch}`);
  const modelDir = findModel(model);
  const modelLayer = join(temporaryDir, 'model-layer');
  const functionDir = join(temporaryDir, 'function');
  buildModelLayer({ modelDir, outDir: modelLayer });
  buildRuntimeLayer({ platform: process.platform, arch: process.arch, outDir: runtimeLayer });
  bundleFunction(functionDir);
  return {
    entry: join(functionDir, 'index.js'),
    environment: {
      NODE_PATH: join(runtimeLayer, 'nodejs', 'node_modules'),
      BUCKETLENS_MODEL_DIR: join(modelLayer, 'model'),
    },
  };
};

const awsEnvironment = (s3Url: string, eventBusUrl: string) => ({
  AWS_LAMBDA_FUNCTION_NAME: functionName,
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: functionKey,
  AWS_SECRET_ACCESS_KEY: 'local',
  AWS_ENDPOINT_URL_S3: s3Url,
  AWS_ENDPOINT_URL_EVENTBRIDGE: eventBusUrl,
  // The user's own configuration could lead elsewhere.
  AWS_CONFIG_FILE: devNull,
  AWS_SHARED_CREDENTIALS_FILE: devNull,
  POWERTOOLS_SERVICE_NAME: 'bucketlens',
  POWERTOOLS_METRICS_NAMESPACE: 'Bucketlens',
});
