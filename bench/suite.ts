/** Runs the benchmark, from the first photo to the last figure. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startEventBridge } from '../test/support/aws/eventbridge.ts';
import { notification } from '../test/support/aws/events.ts';
import { startS3 } from '../test/support/aws/s3.ts';
import { hasPillow, installContenders } from './install.ts';
import { type Figures, heldAfter, measure, type Rounds } from './measure.ts';
import { makePicture, type Picture, type PictureName } from './pictures.ts';
import { buildPrograms, decoders, formatsOf } from './programs.ts';
import { makeRandomResnet } from './random-resnet.ts';
import type { Result, Task } from './results.ts';
import type { Report } from './tables.ts';

/** The extent of a run. */
export interface Extent {
  readonly invocations: Readonly<Partial<Record<PictureName, Rounds>>>;
  readonly decoding: Readonly<Partial<Record<PictureName, Rounds>>>;
  /** With bicubic scaling. */
  readonly scaling: Readonly<Partial<Record<PictureName, Rounds>>>;
  readonly network: Rounds;
  /** Numbers of invocations after which memory is read. */
  readonly held: readonly number[];
}

const many = { cold: 5, warm: 7 };
const some = { cold: 3, warm: 3 };

/** Takes about ten minutes on two processors. */
export const everything: Extent = {
  invocations: {
    '0.3 MP JPEG': many,
    '2 MP JPEG': many,
    '12 MP JPEG': many,
    '12 MP progressive': some,
    '24 MP JPEG': some,
    '50 MP JPEG': some,
    '2 MP PNG': some,
    '2 MP WebP': some,
  },
  decoding: {
    '2 MP JPEG': many,
    '12 MP JPEG': many,
    '12 MP progressive': some,
    '50 MP JPEG': some,
    '2 MP PNG': many,
  },
  scaling: { '2 MP JPEG': many, '12 MP JPEG': many, '12 MP progressive': some },
  network: many,
  held: [100, 300, 500],
};

/** Takes two minutes: enough to detect that something has become much worse. */
export const leastToGuard: Extent = {
  invocations: { '2 MP JPEG': some, '12 MP JPEG': some },
  decoding: { '12 MP JPEG': some },
  scaling: { '12 MP JPEG': some },
  network: some,
  held: [],
};

/**
 * Prepares everything below `home` (packages, photos, a network, bundles) and measures.
 *
 * @param node The Node.js that runs the programs. @param onStep Receives the name of each step as it begins.
 */
export async function runSuite(
  { invocations, decoding, scaling, network, held }: Extent,
  home: string,
  node: string,
  onStep: (step: string) => void,
): Promise<Pick<Report, 'results' | 'held'>> {
  onStep('packages, network and bundles');
  const packages = installContenders(home);
  const resnet = await makeRandomResnet(home);
  const [s3, bus] = await Promise.all([startS3(), startEventBridge()]);
  try {
    const services = { AWS_ENDPOINT_URL_S3: s3.endpoint, AWS_ENDPOINT_URL_EVENTBRIDGE: bus.endpoint };
    const programs = await buildPrograms(home, packages, resnet, services, node);
    const picture = (name: PictureName) => makePicture(name, join(home, 'pictures'), packages);
    const upload = async (name: PictureName) =>
      notification(name, { eTag: s3.put(name, readFileSync((await picture(name)).file)).eTag });
    const results: Result[] = [];

    for (const [name, rounds] of entriesOf(invocations)) {
      onStep(`invocations: ${name}`);
      const photo = await picture(name);
      const event = await upload(name);
      const subjects = readersOf(photo).map((by) => programs.invocation(by, event));
      const python = hasPillow() ? [programs.pillow(photo)] : [];
      results.push(...resultsOf('invocation', name, await measure([...subjects, ...python], rounds)));
    }
    for (const [name, rounds] of entriesOf(decoding)) {
      onStep(`decoding: ${name}`);
      const photo = await picture(name);
      const subjects = readersOf(photo).map((by) => programs.decoding(by, photo));
      const floor = photo.format === 'jpeg' ? [programs.codes(photo)] : [];
      results.push(...resultsOf('decoding', name, await measure([...subjects, ...floor], rounds)));
    }
    for (const [name, rounds] of entriesOf(scaling)) {
      onStep(`decoding and scaling: ${name}`);
      const photo = await picture(name);
      const subjects = (['bucketlens', 'sharp'] as const).map((by) => programs.scaling(by, photo));
      results.push(...resultsOf('scaling', name, await measure(subjects, rounds)));
    }
    onStep('the network');
    const networks = [programs.network('bucketlens'), programs.network('plain .onnx')];
    results.push(...resultsOf('network', undefined, await measure(networks, network)));

    if (held.length > 0) onStep('many invocations');
    const memory =
      held.length > 0 ? await heldAfter(programs.endurance(await upload('0.3 MP JPEG')), held) : [];
    return {
      results,
      held: memory.map(({ runs, heapMegabytes, externalMegabytes }) => ({
        invocations: runs,
        megabytes: heapMegabytes + externalMegabytes,
      })),
    };
  } finally {
    await Promise.all([s3.close(), bus.close()]);
  }
}

function readersOf({ format }: Picture) {
  return decoders.filter((by) => formatsOf[by].includes(format));
}

function entriesOf(rounds: Readonly<Partial<Record<PictureName, Rounds>>>) {
  return Object.entries(rounds) as [PictureName, Rounds][];
}

function resultsOf(task: Task, picture: PictureName | undefined, figures: Map<string, Figures>): Result[] {
  return [...figures].map(([by, found]) => ({ task, ...(picture && { picture }), by, ...found }));
}
