/** Runs the benchmark, from the first photo to the last figure. */
import { join } from 'node:path';
import { startEventBridge } from '../test/support/aws/eventbridge.ts';
import { startS3 } from '../test/support/aws/s3.ts';
import { hasPillow, installContenders } from './install.ts';
import { type Figures, heldAfter, measure, type Rounds, type Subject } from './measure.ts';
import { makeInt8 } from './networks/int8.ts';
import { makeNetworks, type Recipe, recipes } from './networks/networks.ts';
import { makePicture, type Picture, type PictureName } from './pictures.ts';
import { buildPrograms, type Programs, type Runtimes, readersOf } from './programs.ts';
import { networkNames, partNames, type Result, type Task } from './results.ts';
import type { Report } from './tables.ts';
import { createUploads } from './uploads.ts';

type RoundsByPicture = Readonly<Partial<Record<PictureName, Rounds>>>;

/** The extent of a run. */
export interface Extent {
  /** Whole invocations. */
  readonly invocations: Readonly<Partial<Record<Recipe, RoundsByPicture>>>;
  readonly decoding: RoundsByPicture;
  /** With bicubic scaling. */
  readonly scaling: RoundsByPicture;
  /** Networks alone, and the other parts of a cold start. */
  readonly parts: Rounds;
  /** Also measures int8 networks, which take a few minutes to make. */
  readonly int8: boolean;
  /** Numbers of invocations after which memory is read. */
  readonly held: readonly number[];
}

const many = { cold: 5, warm: 7 };
const some = { cold: 3, warm: 5 };

/** Takes about a quarter of an hour on two processors. */
export const everything: Extent = {
  invocations: {
    keras: {
      '0.3 MP JPEG': many,
      '2 MP JPEG': many,
      '12 MP JPEG': many,
      '12 MP progressive': many,
      '24 MP JPEG': some,
      '50 MP JPEG': some,
      '2 MP PNG': many,
      '2 MP WebP': many,
    },
    embedded: { '0.3 MP JPEG': some, '2 MP JPEG': some, '12 MP JPEG': many },
    torchvision: { '2 MP JPEG': some, '12 MP JPEG': many, '2 MP PNG': some, '2 MP WebP': some },
  },
  decoding: {
    '2 MP JPEG': many,
    '12 MP JPEG': many,
    '12 MP progressive': some,
    '50 MP JPEG': some,
    '2 MP PNG': many,
  },
  scaling: { '2 MP JPEG': many, '12 MP JPEG': many, '12 MP progressive': some },
  parts: many,
  int8: true,
  held: [100, 300, 500],
};

/** Takes two minutes: enough to detect that something has become much worse. */
export const leastToGuard: Extent = {
  invocations: {
    keras: { '2 MP JPEG': some, '12 MP JPEG': some },
    torchvision: { '12 MP JPEG': some },
  },
  decoding: { '12 MP JPEG': some },
  scaling: { '12 MP JPEG': some },
  parts: some,
  int8: false,
  held: [],
};

/**
 * Prepares everything below `home` (packages, photos, networks, bundles) and measures.
 *
 * @param onStep Receives the name of each step as it begins.
 */
export async function runSuite(
  extent: Extent,
  home: string,
  runtimes: Runtimes,
  onStep: (step: string) => void,
): Promise<Pick<Report, 'results' | 'held'>> {
  const { invocations, decoding, scaling, parts, held } = extent;
  onStep('packages, networks and bundles');
  const packages = installContenders(home);
  const networks = await makeNetworks(home);
  const [s3, bus] = await Promise.all([startS3(), startEventBridge()]);
  try {
    const services = { AWS_ENDPOINT_URL_S3: s3.endpoint, AWS_ENDPOINT_URL_EVENTBRIDGE: bus.endpoint };
    const programs = await buildPrograms(home, packages, networks, services, runtimes);
    const upload = createUploads(s3);
    const pillow = hasPillow(runtimes.python);
    const pictureOf = (name: PictureName) => makePicture(name, join(home, 'pictures'), packages);
    const results: Result[] = [];
    const compare = async (
      task: Task,
      pictures: RoundsByPicture,
      subjectsOf: (picture: Picture) => readonly Subject[] | Promise<readonly Subject[]>,
    ) => {
      for (const [name, rounds] of Object.entries(pictures) as [PictureName, Rounds][]) {
        onStep(`${task}: ${name}`);
        const subjects = await subjectsOf(await pictureOf(name));
        results.push(...resultsOf(task, await measure(subjects, rounds), name));
      }
    };

    for (const recipe of recipes) {
      await compare(recipe, invocations[recipe] ?? {}, async (photo) => {
        const event = await upload(photo);
        return [
          ...readersOf(photo, recipe).map((by) => programs.invocation(by, recipe, event)),
          ...(pillow ? [programs.pillow(recipe, photo)] : []),
        ];
      });
    }
    await compare('decoding', decoding, (photo) => [
      ...readersOf(photo, 'keras').map((by) => programs.decoding(by, photo)),
      ...(photo.format === 'jpeg' ? [programs.codes(photo)] : []),
    ]);
    await compare('scaling', scaling, (photo) =>
      [...readersOf(photo, 'bicubic'), ...(pillow ? (['pillow'] as const) : [])].map((by) =>
        programs.scaling(by, photo),
      ),
    );
    onStep('networks and other parts');
    const event = await upload(await pictureOf('12 MP JPEG'));
    const int8 = extent.int8 ? await int8Subjects(programs, networks, home) : [];
    results.push(
      ...resultsOf('network', await measure([...networkSubjects(programs, networks), ...int8], parts)),
      ...resultsOf('part', await measure(partSubjects(programs, event), parts)),
    );

    if (held.length > 0) onStep('many invocations');
    const small = programs.endurance(await upload(await pictureOf('0.3 MP JPEG')));
    const memory = held.length > 0 ? await heldAfter(small, held) : [];
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

function networkSubjects(
  { network }: Programs,
  { keras, embedded }: Awaited<ReturnType<typeof makeNetworks>>,
): Subject[] {
  return [
    network(networkNames.resnet, keras, 'ours'),
    network(networkNames.plainResnet, keras, 'plain'),
    network(networkNames.embedded, embedded, 'ours'),
    network(networkNames.plainEmbedded, embedded, 'plain'),
  ];
}

/** Networks that cannot be made are left out, and the reason is printed. */
async function int8Subjects(
  { network }: Programs,
  { keras, embedded }: Awaited<ReturnType<typeof makeNetworks>>,
  home: string,
): Promise<Subject[]> {
  const subjects: Subject[] = [];
  for (const [name, of] of [
    [networkNames.int8Resnet, keras],
    [networkNames.int8Embedded, embedded],
  ] as const) {
    const made = await makeInt8(of, home).catch(({ message }: Error) => console.error(`${name}: ${message}`));
    if (made) subjects.push(network(name, made, 'ours'));
  }
  return subjects;
}

function partSubjects({ part }: Programs, event: object): Subject[] {
  return [part(partNames.node, 'nothing', event), part(partNames.requests, 'requests', event)];
}

function resultsOf(task: Task, figures: Map<string, Figures>, picture?: PictureName): Result[] {
  return [...figures].map(([by, found]) => ({ task, ...(picture && { picture }), by, ...found }));
}
