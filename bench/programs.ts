/** The measured programs: the function and the contenders, each bundled as it would be deployed. */
import { delimiter, join } from 'node:path';
import { contendersSource } from './install.ts';
import type { Subject } from './measure.ts';
import type { BenchNetwork, StoredNetwork } from './networks/bench-network.ts';
import type { Recipe } from './networks/networks.ts';
import { bundle, bundleOwnFunction, withEvents } from './own-function.ts';
import type { Picture } from './pictures.ts';

export const decoders = ['bucketlens', 'jimp', 'sharp', 'mozjpeg'] as const;
export type Decoder = (typeof decoders)[number];

/** The formats that each decoder reads. */
const formatsOf: Readonly<Record<Decoder, readonly Picture['format'][]>> = {
  bucketlens: ['jpeg', 'png', 'webp'],
  jimp: ['jpeg', 'png'],
  sharp: ['jpeg', 'png', 'webp'],
  mozjpeg: ['jpeg'],
};

/** The decoders that read a picture and, where not nearest neighbours are wanted, scale it. */
export function readersOf({ format }: Picture, recipe: Recipe | 'bicubic'): Decoder[] {
  return decoders.filter((by) => formatsOf[by].includes(format) && (recipe === 'keras' || by !== 'mozjpeg'));
}

export interface Programs {
  /** The whole function, from an event to the labels on the object. */
  readonly invocation: (by: Decoder, recipe: Recipe, event: object) => Subject;
  /** The function in a process that can collect garbage. */
  readonly endurance: (event: object) => Subject;
  /** From a file to labels, in Python. */
  readonly pillow: (recipe: Recipe, picture: Picture) => Subject;
  /** From a file to the 224 x 224 pixels that a ResNet50 reads. */
  readonly decoding: (by: Decoder, picture: Picture) => Subject;
  /** From a file to 224 x 224 pixels that are averages of all pixels. */
  readonly scaling: (by: Decoder | 'pillow', picture: Picture) => Subject;
  /** The lower bound of decoding: reads a JPEG's codes and discards them. */
  readonly codes: (picture: Picture) => Subject;
  /** Opens a network, then runs it. */
  readonly network: (name: string, network: StoredNetwork, way: 'ours' | 'plain') => Subject;
  /** A part of a cold start: nothing but Node.js, or the clients with an image's requests. */
  readonly part: (name: string, by: 'nothing' | 'requests', event: object) => Subject;
}

export interface Runtimes {
  /** The Node.js that runs the programs. */
  readonly node: string;
  /** The Python that runs Pillow. */
  readonly python: string;
}

/**
 * Bundles all programs below `home`.
 *
 * @param packages The folder with the contenders' packages. @param services The endpoints of S3 and EventBridge.
 */
export async function buildPrograms(
  home: string,
  packages: string,
  networks: Readonly<Record<Recipe, BenchNetwork>>,
  services: Readonly<Record<string, string>>,
  { node, python }: Runtimes,
): Promise<Programs> {
  const nodePaths = [join(packages, 'node_modules')];
  const make = (name: string, contents: string, resolveDir: string) =>
    bundle(join(home, `${name}.cjs`), contents, resolveDir, nodePaths);
  const here = import.meta.dirname;
  const own = await bundleOwnFunction(home, node);
  await Promise.all([
    ...entries.map((name) => make(name, `export * from './entries/${name}.ts'`, here)),
    ...decoders
      .slice(1)
      .flatMap((name) => [
        make(`decode-${name}`, decodingBy(name), contendersSource),
        make(`function-${name}`, functionOf(name), contendersSource),
      ]),
  ]);

  const environment = {
    ...own.environment,
    ...services,
    NODE_PATH: [own.environment.NODE_PATH, ...nodePaths].join(delimiter),
    MOZJPEG_WASM: join(packages, 'node_modules/@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm'),
    RECIPE: 'keras',
  };
  const subject = (name: string, path: string, more: Readonly<Record<string, string>> = {}): Subject => ({
    name,
    command: [node, join(home, 'child.cjs'), join(home, path)],
    environment: { ...environment, ...more },
    settlesAfter: name === 'bucketlens' ? own.settlesAfter : settlesAfter,
  });
  const pillow = (more: Readonly<Record<string, string>>): Subject => ({
    name: 'pillow',
    command: [python, join(contendersSource, 'pillow.py')],
    environment: { ...environment, ...more },
    settlesAfter,
  });
  const decodingOf = (by: Decoder) => (by === 'bucketlens' ? 'decode.cjs' : `decode-${by}.cjs`);
  const withNetwork = (recipe: Recipe) => ({
    RECIPE: recipe,
    MODEL: networks[recipe].plain,
    BUCKETLENS_MODEL_DIR: networks[recipe].folder,
  });
  return {
    invocation: (by, recipe, event) =>
      subject(by, by === 'bucketlens' ? 'function/index.js' : `function-${by}.cjs`, {
        ...withNetwork(recipe),
        EVENTS: JSON.stringify([event]),
      }),
    endurance: (event) =>
      withEvents({ ...own, environment: { ...environment, ...withNetwork('keras') } }, [event]),
    pillow: (recipe, { file }) => pillow({ ...withNetwork(recipe), PICTURE: file }),
    decoding: (by, { file }) => subject(by, decodingOf(by), { PICTURE: file }),
    scaling: (by, { file }) =>
      by === 'pillow'
        ? pillow({ RECIPE: 'bicubic', MODEL: '', PICTURE: file })
        : subject(by, decodingOf(by), { PICTURE: file, RECIPE: 'bicubic' }),
    codes: ({ file }) => subject('codes alone', 'codes.cjs', { PICTURE: file }),
    network: (name, { stored, plain }, way) => ({
      ...subject(name, 'network.cjs', { OPENED_AS: way, MODEL: way === 'ours' ? stored : plain }),
      settlesAfter: own.settlesAfter,
    }),
    part: (name, by, event) => subject(name, `${by}.cjs`, { EVENTS: JSON.stringify([event]) }),
  };
}

const entries = ['decode', 'codes', 'network', 'nothing', 'requests'];

// V8 has compiled the hot code of the others after three or four.
const settlesAfter = 5;

function decodingBy(name: string) {
  return `
import { readFileSync } from 'node:fs';
import { readPixels } from './${name}.js';
export function run() {
  return readPixels(readFileSync(process.env.PICTURE));
}`;
}

function functionOf(name: string) {
  return `
import { createHandler } from './handler.js';
import { readPixels } from './${name}.js';
export const handler = createHandler(readPixels);`;
}
