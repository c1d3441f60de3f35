/** The measured programs: the function and the contenders, each bundled as it would be deployed. */
import { delimiter, join } from 'node:path';
import { contendersSource } from './install.ts';
import type { Subject } from './measure.ts';
import { bundle, bundleOwnFunction, withEvents } from './own-function.ts';
import type { Picture } from './pictures.ts';
import type { RandomResnet } from './random-resnet.ts';

export const decoders = ['bucketlens', 'jimp', 'sharp', 'mozjpeg'] as const;
export type Decoder = (typeof decoders)[number];

/** The formats that each decoder reads. */
export const formatsOf: Readonly<Record<Decoder, readonly Picture['format'][]>> = {
  bucketlens: ['jpeg', 'png', 'webp'],
  jimp: ['jpeg', 'png'],
  sharp: ['jpeg', 'png', 'webp'],
  mozjpeg: ['jpeg'],
};

export interface Programs {
  /** The whole function, from an event to the labels on the object. */
  readonly invocation: (by: Decoder, event: object) => Subject;
  /** The function in a process that can collect garbage. */
  readonly endurance: (event: object) => Subject;
  /** From a file to labels, in Python. */
  readonly pillow: (picture: Picture) => Subject;
  /** From a file to the 224 x 224 pixels that a ResNet50 reads. */
  readonly decoding: (by: Decoder, picture: Picture) => Subject;
  /** From a file to 224 x 224 pixels that are averages of all pixels. */
  readonly scaling: (by: 'bucketlens' | 'sharp', picture: Picture) => Subject;
  /** The lower bound of decoding: reads a JPEG's codes and discards them. */
  readonly codes: (picture: Picture) => Subject;
  /** Opens a network, then runs it. */
  readonly network: (by: 'bucketlens' | 'plain .onnx') => Subject;
}

/**
 * Bundles all programs below `home`.
 *
 * @param packages The folder with the contenders' packages. @param services The endpoints of S3 and EventBridge.
 * @param node The Node.js that runs the programs.
 */
export async function buildPrograms(
  home: string,
  packages: string,
  network: RandomResnet,
  services: Readonly<Record<string, string>>,
  node: string,
): Promise<Programs> {
  const nodePaths = [join(packages, 'node_modules')];
  const make = (name: string, contents: string, resolveDir: string) =>
    bundle(join(home, `${name}.cjs`), contents, resolveDir, nodePaths);
  const here = import.meta.dirname;
  const own = await bundleOwnFunction(home, node);
  await Promise.all([
    ...['decode', 'codes', 'network'].map((name) => make(name, `export * from './entries/${name}.ts'`, here)),
    ...decoders
      .slice(1)
      .flatMap((name) => [
        make(`decode-${name}`, decodingBy(name), contendersSource),
        make(`function-${name}`, functionOf(name), contendersSource),
      ]),
    make('scale-sharp', decodingBy('sharp-bicubic'), contendersSource),
  ]);

  const environment = {
    ...own.environment,
    ...services,
    NODE_PATH: [own.environment.NODE_PATH, ...nodePaths].join(delimiter),
    MOZJPEG_WASM: join(packages, 'node_modules/@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm'),
    MODEL: network.plain,
    BUCKETLENS_MODEL_DIR: network.folder,
  };
  const subject = (name: string, path: string, more: Readonly<Record<string, string>> = {}): Subject => ({
    name,
    command: [node, join(home, 'child.cjs'), join(home, path)],
    environment: { ...environment, ...more },
    settlesAfter: name === 'bucketlens' ? own.settlesAfter : settlesAfter,
  });
  return {
    invocation: (by, event) =>
      subject(by, by === 'bucketlens' ? 'function/index.js' : `function-${by}.cjs`, {
        EVENTS: JSON.stringify([event]),
      }),
    endurance: (event) => withEvents({ ...own, environment }, [event]),
    pillow: ({ file }) => ({
      name: 'pillow',
      command: ['python3', join(contendersSource, 'pillow.py')],
      environment: { ...environment, PICTURE: file },
      settlesAfter,
    }),
    decoding: (by, { file }) =>
      subject(by, by === 'bucketlens' ? 'decode.cjs' : `decode-${by}.cjs`, { PICTURE: file }),
    scaling: (by, { file }) =>
      subject(by, by === 'bucketlens' ? 'decode.cjs' : 'scale-sharp.cjs', {
        PICTURE: file,
        INTERPOLATION: 'bicubic',
      }),
    codes: ({ file }) => subject('codes alone', 'codes.cjs', { PICTURE: file }),
    network: (by) =>
      subject(by, 'network.cjs', by === 'bucketlens' ? { OPENED_AS: 'ours', MODEL: network.stored } : {}),
  };
}

// V8 has compiled hot code after two or three.
const settlesAfter = 3;

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
