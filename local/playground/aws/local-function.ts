/** Builds the function and its layers for this machine, as they are deployed, and starts it with a model. */
import { devNull } from 'node:os';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { bundleFunction } from '../../../functions/bundle.ts';
import type { HeicDecoder } from '../../../functions/heic-decoder.ts';
import type { BuiltModel } from '../../../layers/model/built-models.ts';
import { buildModelLayer } from '../../../layers/model/layer.ts';
import { localRuntimeModules } from '../../../layers/runtime/local.ts';
import { createLambda, type LocalLambda } from './lambda.ts';

export interface LocalFunctionOptions {
  /** Outside the repository, so that the bundle has no package.json or node_modules above it, as in Lambda. */
  readonly directory: string;
  readonly functionName: string;
  readonly accessKeyId: string;
  readonly s3Url: string;
  readonly eventBusUrl: string;
  /** The decoder of HEIC, which the function then decodes. */
  readonly heic?: HeicDecoder | undefined;
  /** Receives the function's output. */
  readonly log: Writable;
}

/** Starts a process of the function with a model. */
export type StartFunction = (
  model: BuiltModel,
  settings?: { readonly writeBack: string; readonly eventBus: string },
) => LocalLambda;

/**
 * Builds the bundle and the runtime layer if they are outdated. A model layer is built when its model is started.
 *
 * @throws UnsupportedPlatform
 */
export function buildFunction(options: LocalFunctionOptions): StartFunction {
  const { directory, log, heic } = options;
  const runtimeModules = localRuntimeModules();
  const functionDir = join(directory, 'function');
  bundleFunction(functionDir, heic);

  return ({ dir, manifest, labelRules }, settings) => {
    const modelLayer = join(directory, 'models', manifest.name);
    buildModelLayer({ modelDir: dir, outDir: modelLayer, ...(labelRules && { labelRules }) });
    return createLambda({
      entry: join(functionDir, 'index.js'),
      environment: {
        ...awsEnvironment(options),
        NODE_PATH: runtimeModules,
        BUCKETLENS_MODEL_DIR: join(modelLayer, 'model'),
        ...(settings && {
          BUCKETLENS_WRITE_BACK: settings.writeBack,
          BUCKETLENS_EVENT_BUS: settings.eventBus,
        }),
      },
      log,
    });
  };
}

/** The secret of the function's access key, with which the S3 endpoint verifies its signatures. */
export const functionSecret = 'local';

function awsEnvironment({ functionName, accessKeyId, s3Url, eventBusUrl }: LocalFunctionOptions) {
  return {
    AWS_LAMBDA_FUNCTION_NAME: functionName,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: functionSecret,
    AWS_ENDPOINT_URL_S3: s3Url,
    AWS_ENDPOINT_URL_EVENTBRIDGE: eventBusUrl,
    // Hides the user's AWS configuration.
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    POWERTOOLS_SERVICE_NAME: 'bucketlens',
    POWERTOOLS_METRICS_NAMESPACE: 'Bucketlens',
  };
}
