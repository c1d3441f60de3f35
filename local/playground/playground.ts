/** The whole stack on one machine: S3 endpoint -> notification -> Lambda bundle with its layers -> event bus -> page. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { defaultLimits } from '../../functions/classify/image/limits.ts';
import type { GivenLabelRules } from '../../functions/classify/network/label-rules.ts';
import type { PredictionEvent } from '../../functions/classify/publish/publish.ts';
import type { HeicDecoder } from '../../functions/heic-decoder.ts';
import { findBuiltModels } from '../../layers/model/built-models.ts';
import { startEventBus } from './aws/event-bus.ts';
import { buildFunction, functionSecret } from './aws/local-function.ts';
import { openLog } from './aws/log-file.ts';
import { PortUnavailable } from './aws/loopback.ts';
import { startS3Endpoint } from './aws/s3-endpoint.ts';
import { createComparer } from './labelling/comparer.ts';
import { createLabeller } from './labelling/labeller.ts';
import { createPhotos, finishWaiting } from './labelling/photos.ts';
import { createPageFeed } from './server/feed.ts';
import { createInputDrawer } from './server/input-drawer.ts';
import { startPageServer } from './server/server.ts';

export interface PlaygroundOptions {
  /** Port of the page; the S3 endpoint takes the next one. 0 for any two free ports. */
  readonly port: number;
  /** Folder that keeps the bucket; without it, the bucket is removed at the end. */
  readonly dataDir?: string;
  /** A model's name, or the path of its folder. */
  readonly model: string;
  /** Rules for the labels of that model, and of all others whose labels they fit. */
  readonly labelRules?: GivenLabelRules;
  /** Prints the function's log; otherwise it goes to `function.log` in the data folder. */
  readonly verbose: boolean;
  /** The decoder of HEIC, which the function then decodes. */
  readonly heic?: HeicDecoder | undefined;
  readonly onPrediction: (event: PredictionEvent) => void;
  /** The function failed three times for an object. */
  readonly onFailure: (key: string, error: Error) => void;
}

export interface Playground {
  readonly pageUrl: string;
  readonly s3Url: string;
  /** The other models, whose labels the given rules do not fit. */
  readonly modelsWithoutRules: readonly string[];
  /** Number of photos that wait for the function. */
  readonly countWaiting: () => number;
  /** Resolves when the photos that are waiting now have been answered, or when the signal is aborted. */
  readonly finish: (signal: AbortSignal) => Promise<void>;
  readonly close: () => Promise<void>;
}

export const bucket = 'uploads';

const functionName = 'bucketlens-playground';
// The endpoint recognises the function by its access key, as AWS does. The keys are valid on this machine only.
const functionKey = 'BUCKETLENSFUNCTION';
const credentials = { accessKeyId: 'BUCKETLENSPAGE', secretAccessKey: 'local' };

/**
 * Builds the function and its layers if they are outdated, and starts everything. Photos that an earlier session left
 * without labels are labelled.
 *
 * @throws InvalidModel | InvalidLabelRules | UnsupportedPlatform | PortUnavailable | FunctionFailed
 */
export async function startPlayground(options: PlaygroundOptions): Promise<Playground> {
  const { port, onPrediction, onFailure } = options;
  const temporaryDir = await mkdtemp(join(tmpdir(), 'bucketlens-playground-'));
  const closers = [() => rm(temporaryDir, { recursive: true, force: true, maxRetries: 3 })];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const [model, ...others] = findBuiltModels(options.model, options.labelRules);
    const models = new Map([model, ...others].map((one) => [one.manifest.name, one]));
    const dataDir = options.dataDir ?? join(temporaryDir, 'data');
    const bucketsDir = join(dataDir, 'buckets');
    await mkdir(bucketsDir, { recursive: true });

    const bus = await startEventBus((event, eventBus) => {
      if (eventBus === 'default') {
        labeller.receive(event);
        onPrediction(event);
      }
      comparer.receive(event, eventBus);
    });
    closers.push(bus.close);
    const s3Endpoint = await startS3Endpoint({
      directory: bucketsDir,
      port: port === 0 ? 0 : port + 1,
      bucket,
      principalOf: (accessKeyId) =>
        accessKeyId === functionKey ? `AWS:AROALOCAL:${functionName}` : 'AWS:AIDALOCAL',
      secretOf: (accessKeyId) => (accessKeyId === functionKey ? functionSecret : undefined),
      onCreated: (object) => labeller.notify(object),
    });
    closers.push(s3Endpoint.close);
    const s3 = new S3Client({
      endpoint: s3Endpoint.url,
      region: 'us-east-1',
      forcePathStyle: true,
      credentials,
    });
    const photos = createPhotos(s3, bucket);
    const startFunction = buildFunction({
      directory: temporaryDir,
      functionName,
      accessKeyId: functionKey,
      s3Url: s3Endpoint.url,
      eventBusUrl: bus.url,
      heic: options.heic,
      log: options.verbose ? process.stderr : await openLog(join(dataDir, 'function.log')),
    });
    const comparer = createComparer({ bucket, photos, startFunction });
    closers.push(comparer.close);
    const labeller = createLabeller({
      bucket,
      photos,
      model,
      startFunction,
      isOwnCopy: ({ principalId }) => principalId.endsWith(functionName),
      onFailure,
    });
    closers.push(labeller.close);
    const feed = createPageFeed(photos, () => ({
      bucket,
      s3Url: s3Endpoint.url,
      models: [...models.keys()],
      model: labeller.model().manifest.name,
      comparedWith: comparer.model()?.manifest.name,
    }));
    const drawer = createInputDrawer();
    closers.push(drawer.close);
    const page = await startPageServer({
      port,
      store: { s3, bucket, maxUploadBytes: 2 * defaultLimits.maxBytes },
      choices: {
        models,
        useModel: async (next) => {
          if (comparer.model() === next) await comparer.useModel(undefined);
          await labeller.useModel(next);
          feed.announceModels();
        },
        compareWith: async (other) => {
          await comparer.useModel(other);
          feed.announceModels();
        },
        drawInput: drawer.draw,
      },
      feed,
    });
    closers.push(page.close);
    await labeller.ready;
    await labeller.resume();
    return {
      pageUrl: `${page.url}/`,
      s3Url: s3Endpoint.url,
      modelsWithoutRules: options.labelRules
        ? others.filter(({ labelRules }) => !labelRules).map(({ manifest }) => manifest.name)
        : [],
      countWaiting: () => photos.waiting().length,
      finish: (signal) => finishWaiting(photos, signal),
      close,
    };
  } catch (error) {
    await close();
    throw error instanceof PortUnavailable ? explainPort(error, port) : error;
  }
}

/** Names the port that the user chose, whichever of the two is taken. */
function explainPort({ message, port }: PortUnavailable, chosen: number): Error {
  const reason = port === chosen ? message : `${message}, which the S3 endpoint needs next to it`;
  return new Error(`cannot use --port ${chosen}: ${reason}; choose another`);
}
