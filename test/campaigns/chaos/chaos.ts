/** Runs the local stack against a hostile network: uploads, deletions, duplicate notifications and killed functions. */
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { PredictionEvent } from '../../../functions/classify/publish/publish.ts';
import { findBuiltModels } from '../../../layers/model/built-models.ts';
import { startEventBus } from '../../../local/playground/aws/event-bus.ts';
import { buildFunction } from '../../../local/playground/aws/local-function.ts';
import { openLog } from '../../../local/playground/aws/log-file.ts';
import { type CreatedObject, createNotification } from '../../../local/playground/aws/notification.ts';
import { startLocalS3 } from '../../support/local-s3.ts';
import type { StoredObject } from '../load/faults.ts';
import { type Library, model } from '../load/library.ts';
import type { Outcome } from './disorder.ts';
import { createFunctions, type Functions } from './functions.ts';
import { planSteps } from './plan.ts';
import { type Mistreatment, startProxy } from './proxy.ts';

export interface ChaosOptions {
  readonly uploads: number;
  readonly keys: number;
  /** Instances of the function that run at the same time. */
  readonly instances: number;
  /** Steps between two kills of an instance. */
  readonly killEvery: number;
  /** Returns numbers from 0 to 1. */
  readonly random: () => number;
  /** Bounds the whole run. */
  readonly timeoutMs: number;
}

export interface ChaosResult {
  readonly outcome: Outcome;
  readonly mistreated: Readonly<Record<Mistreatment, number>>;
  readonly killed: number;
  readonly duplicated: number;
  /** Events that failed three times and were sent again from the dead-letter queue once the network was calm. */
  readonly redriven: number;
}

const functionKey = 'BUCKETLENSFUNCTION';
const functionName = 'bucketlens-chaos';
/** Share of notifications that arrive twice. */
const duplicating = 0.15;
const maxPauseMs = 60;

/** @throws Error if the system has not come to rest in time. */
export async function runChaos(options: ChaosOptions, library: Library): Promise<ChaosResult> {
  const { random, instances, killEvery, timeoutMs } = options;
  const folder = await mkdtemp(join(tmpdir(), 'bucketlens-chaos-'));
  const events: PredictionEvent[] = [];
  let functions: Functions | undefined;
  let duplicated = 0;
  const notify = (object: CreatedObject) => {
    const notification = createNotification(object);
    functions!.invoke(notification);
    if (random() >= duplicating) return;
    duplicated++;
    functions!.invoke(notification);
  };
  const local = await startLocalS3({
    onCreated: notify,
    principalOf: (key) => (key === functionKey ? `AWS:AROALOCAL:${functionName}` : `AWS:${key}`),
  });
  const bus = await startEventBus((event) => events.push(event));
  const [s3Proxy, busProxy] = [await startProxy(local.url, random), await startProxy(bus.url, random)];
  try {
    const startFunction = buildFunction({
      directory: folder,
      functionName,
      accessKeyId: functionKey,
      s3Url: s3Proxy.url,
      eventBusUrl: busProxy.url,
      log: await openLog(join(folder, 'function.log')),
    });
    const [builtModel] = findBuiltModels(model);
    functions = await createFunctions(Array.from({ length: instances }, () => startFunction(builtModel)));
    const steps = planSteps(options, library, random);
    const rest = AbortSignal.timeout(timeoutMs);
    for (const [index, step] of steps.entries()) {
      if (step.kind === 'upload') await put(local.s3, step);
      else await local.s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: step.key }));
      if (index % killEvery === killEvery - 1) await functions.killOne(random);
      await sleep(random() * maxPauseMs);
    }
    await functions.settle(rest);
    for (const proxy of [s3Proxy, busProxy]) proxy.calm();
    const redriven = await functions.redrive(rest);
    return {
      outcome: { steps, events, objects: await readObjects(local.s3) },
      mistreated: sum(s3Proxy.counts, busProxy.counts),
      killed: functions.killed(),
      duplicated,
      redriven,
    };
  } finally {
    await functions?.close();
    await Promise.all([s3Proxy.close(), busProxy.close()]);
    await Promise.all([local.close(), bus.close()]);
    await rm(folder, { recursive: true, maxRetries: 3 });
  }
}

const bucket = 'uploads';

function put(
  s3: S3Client,
  { key, number, picture }: { key: string; number: number; picture: { bytes: Uint8Array } },
) {
  const Metadata = { upload: String(number) };
  return s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: picture.bytes, Metadata }));
}

async function readObjects(s3: S3Client): Promise<ReadonlyMap<string, StoredObject>> {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket }));
  const objects = new Map<string, StoredObject>();
  for (const { Key } of Contents) {
    const { Body, Metadata = {} } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
    const md5 = createHash('md5')
      .update(await Body!.transformToByteArray())
      .digest('hex');
    objects.set(Key!, { md5, metadata: Metadata });
  }
  return objects;
}

function sum(
  one: Readonly<Record<Mistreatment, number>>,
  other: Readonly<Record<Mistreatment, number>>,
): Record<Mistreatment, number> {
  const names = Object.keys(one) as Mistreatment[];
  return Object.fromEntries(names.map((name) => [name, one[name] + other[name]])) as Record<
    Mistreatment,
    number
  >;
}
