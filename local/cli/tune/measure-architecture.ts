/** One architecture from its deployment to its removal. */
import { explain } from '../failure.ts';
import { labelOnce, MemoryRefused } from './invoke.ts';
import { measure, type Repetitions, type TunedFunction } from './measure.ts';
import { type Photo, uploadPhotos } from './photos.ts';
import type { Architecture } from './price.ts';
import type { Row } from './results.ts';
import { createStack, removeStack, stackNameOf, type TuneClients } from './stack.ts';

export interface Plan {
  /** MB. */
  readonly memorySizes: readonly number[];
  readonly photos: readonly Photo[];
  readonly repetitions: Repetitions;
  /** Settings of `bucketlens deploy`, as `name=value`. */
  readonly settings: readonly string[];
}

/** None of the photos is an image that the function labels. */
export class NoPhotos extends Error {
  override readonly name = 'NoPhotos';
}

/** Called along the way. */
export interface Observer {
  /** @throws to end the run early. */
  readonly onInvocation: () => void;
  readonly log: (sentence: string) => void;
}

/**
 * Deploys a stack, measures its function at each memory size and removes the stack, whatever happened.
 *
 * @throws NotDeployed, NoPhotos, InvocationFailed
 */
export async function measureArchitecture(
  clients: TuneClients,
  architecture: Architecture,
  { memorySizes, photos, repetitions, settings }: Plan,
  { onInvocation, log }: Observer,
): Promise<Row[]> {
  try {
    log(`deploying ${stackNameOf(architecture)}`);
    const { functionName, bucket } = await createStack(clients, {
      architecture,
      memoryMb: memorySizes[0]!,
      settings,
    });
    await uploadPhotos(clients.s3, bucket, photos);
    const uploaded = { lambda: clients.lambda, functionName, bucket, keys: photos.map(({ key }) => key) };
    const tuned = { ...uploaded, keys: await findLabelled(uploaded, { onInvocation, log }) };
    const rows: Row[] = [];
    for (const memoryMb of memorySizes) {
      const measured = await measure(tuned, memoryMb, repetitions, onInvocation).catch((error: Error) => {
        if (error instanceof MemoryRefused) return { refused: error.message };
        throw error;
      });
      rows.push({ architecture, memoryMb, ...measured });
    }
    return rows;
  } finally {
    log(`removing ${stackNameOf(architecture)}`);
    await removeStack(clients, architecture).catch((error: Error) => {
      log(`error: not everything was removed (${explain(error)}); later, run: npx bucketlens tune --remove`);
      process.exitCode = 1;
    });
  }
}

/** Labels every photo once. @returns The keys of those that are images. */
async function findLabelled(
  { lambda, functionName, bucket, keys }: TunedFunction,
  { onInvocation, log }: Observer,
): Promise<string[]> {
  const labelled: string[] = [];
  for (const key of keys) {
    const { status } = await labelOnce(lambda, functionName, { bucket, key });
    onInvocation();
    if (status === 'classified') labelled.push(key);
    else log(`${key.replace(/^\d+-/, '')} is left out: the function answers '${status}'`);
  }
  if (labelled.length === 0)
    throw new NoPhotos('the function labels none of the photos; give others by --photos');
  return labelled;
}
