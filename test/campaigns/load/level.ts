/** Uploads to the local stack, several at a time, and collects the effects. */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { bucket } from '../../../local/playground/playground.ts';
import { randomFrom } from '../../support/random.ts';
import type { Observation, StoredObject } from './faults.ts';
import type { Library } from './library.ts';
import { planUploads, type Upload } from './plan.ts';
import { type Stack, startStack } from './stack.ts';

export interface LevelResult {
  /** Number of concurrent uploads that wait for their events. */
  readonly concurrency: number;
  readonly seconds: number;
  /** Times from the beginning of an upload to its event, without overwritten uploads. */
  readonly latenciesMs: readonly number[];
  readonly functionCpuMs: number;
  readonly functionPeakMegabytes: number;
  readonly endpointPeakMegabytes: number;
  /** Failed attempts of the function, including those followed by a success. */
  readonly failedAttempts: number;
  readonly observation: Observation;
}

/**
 * Starts a stack and uploads to it. Each uploader waits for the event of its upload before the next one.
 *
 * @throws Error if an upload is refused, or a process of the stack ends.
 */
export async function runLevel(concurrency: number, count: number, library: Library): Promise<LevelResult> {
  const stack = await startStack(concurrency);
  try {
    const before = await stack.usage();
    const { uploads, latenciesMs, seconds } = await uploadAll(stack, concurrency, count - 1, library);
    const after = await stack.usage();
    // The function takes events in order: after this one, its queue is empty.
    const last = { key: 'the last', number: count, picture: library.broken[0]! };
    await put(stack.s3, last);
    uploads.push(last);
    const log = await stack.readLog(last.key);
    return {
      concurrency,
      seconds,
      latenciesMs,
      functionCpuMs: after.function.cpuMs - before.function.cpuMs,
      functionPeakMegabytes: after.function.peakMegabytes,
      endpointPeakMegabytes: after.endpoint.peakMegabytes,
      failedAttempts: log.filter(({ level }) => level === 'ERROR').length,
      observation: {
        uploads,
        events: stack.events,
        // Each write-back is a copy, which notifies the function again.
        writtenKeys: log.flatMap(({ message, objectKey }) => (message === 'own-copy' ? [objectKey!] : [])),
        objects: await readObjects(stack.s3, new Set(uploads.map(({ key }) => key))),
      },
    };
  } finally {
    await stack.close();
  }
}

async function uploadAll(stack: Stack, concurrency: number, count: number, library: Library) {
  const random = randomFrom(concurrency);
  const plan = planUploads(count, library, random).values();
  const uploads: Upload[] = [];
  const latenciesMs: number[] = [];
  const upload = async (): Promise<void> => {
    for (const step of plan) {
      let beganAt = 0;
      let answered = Promise.resolve(false);
      for (const [index, upload] of step.entries()) {
        // The function may be about to start the previous upload, be writing its labels, or have written them.
        if (index > 0) await sleep(random() * (latenciesMs.at(-1) ?? 0));
        beganAt = performance.now();
        answered = stack.nextEvent(upload);
        await put(stack.s3, upload);
        uploads.push(upload);
      }
      if (await answered) latenciesMs.push(performance.now() - beganAt);
    }
  };
  const beganAt = performance.now();
  await Promise.all(Array.from({ length: concurrency }, upload));
  return { uploads, latenciesMs, seconds: (performance.now() - beganAt) / 1000 };
}

function put(s3: S3Client, { key, number, picture: { bytes } }: Upload) {
  return s3.send(
    new PutObjectCommand({ Bucket: bucket, Key: key, Body: bytes, Metadata: { upload: String(number) } }),
  );
}

async function readObjects(
  s3: S3Client,
  keys: ReadonlySet<string>,
): Promise<ReadonlyMap<string, StoredObject>> {
  const objects = new Map<string, StoredObject>();
  for (const key of keys) {
    const { Body, Metadata = {} } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    const bytes = await Body!.transformToByteArray();
    objects.set(key, { md5: createHash('md5').update(bytes).digest('hex'), metadata: Metadata });
  }
  return objects;
}
