/** What is measured: this project's function and the contenders, each bundled as it would be deployed. */
import { delimiter, join } from 'node:path';
import { type BuildOptions, build } from 'esbuild';
import { bundleFunction } from '../functions/bundle.ts';
import { buildRuntimeLayer } from '../layers/runtime/layer.ts';
import { contendersSource } from './install.ts';
import type { Subject } from './measure.ts';
import type { Picture } from './pictures.ts';
import type { RandomResnet } from './random-resnet.ts';

export const decoders = ['bucketlens', 'jimp', 'sharp', 'mozjpeg'] as const;
export type Decoder = (typeof decoders)[number];

/** Of each decoder the formats that it reads. */
export const formatsOf: Readonly<Record<Decoder, readonly Picture['format'][]>> = {
  bucketlens: ['jpeg', 'png', 'webp'],
  jimp: ['jpeg', 'png'],
  sharp: ['jpeg', 'png', 'webp'],
  mozjpeg: ['jpeg'],
};

export interface Programs {
  /** The whole function, from an event to the labels on the object. */
  readonly invocation: (by: Decoder, event: object) => Subject;
  /** The same of ours, in a process that can collect its garbage. */
  readonly endurance: (event: object) => Subject;
  /** The same from a file to labels, in Python. */
  readonly pillow: (picture: Picture) => Subject;
  /** From a file to the 224 x 224 pixels that a ResNet50 reads. */
  readonly decoding: (by: Decoder, picture: Picture) => Subject;
  /** The floor of decoding: reads a JPEG's codes and makes nothing of them. */
  readonly codes: (picture: Picture) => Subject;
  /** Opens a network, then runs it. */
  readonly network: (by: 'bucketlens' | 'plain .onnx') => Subject;
}

/**
 * Bundles them below `home`.
 *
 * @param packages Where the contenders' packages are installed. @param services The endpoints of S3 and EventBridge.
 * @param node The Node.js that runs them.
 */
export const buildPrograms = async (
  home: string,
  packages: string,
  network: RandomResnet,
  services: Readonly<Record<string, string>>,
  node: string,
): Promise<Programs> => {
  const runtimeLayer = join(home, 'runtime');
  buildRuntimeLayer({ platform: process.platform, arch: process.arch, outDir: runtimeLayer });
  bundleFunction(join(home, 'function'));
  const bundle = async (name: string, contents: string, resolveDir: string): Promise<void> => {
    await build({
      ...bundling,
      stdin: { contents, resolveDir, loader: 'ts' },
      outfile: join(home, `${name}.cjs`),
      nodePaths: [join(packages, 'node_modules')],
    });
  };
  const own = import.meta.dirname;
  await Promise.all([
    bundle('child', `import './child.ts'`, own),
    ...['decode', 'codes', 'network'].map((name) =>
      bundle(name, `export * from './entries/${name}.ts'`, own),
    ),
    ...decoders
      .slice(1)
      .flatMap((name) => [
        bundle(`decode-${name}`, decodingBy(name), contendersSource),
        bundle(`function-${name}`, functionOf(name), contendersSource),
      ]),
  ]);

  const environment = {
    ...lambda,
    ...services,
    NODE_PATH: [join(runtimeLayer, 'nodejs/node_modules'), join(packages, 'node_modules')].join(delimiter),
    MOZJPEG_WASM: join(packages, 'node_modules/@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm'),
    MODEL: network.plain,
    BUCKETLENS_MODEL_DIR: network.folder,
  };
  const subject = (name: string, path: string, more: Readonly<Record<string, string>> = {}): Subject => ({
    name,
    command: [node, join(home, 'child.cjs'), join(home, path)],
    environment: { ...environment, ...more },
    settlesAfter: name === 'bucketlens' ? ownSettlesAfter : settlesAfter,
  });
  const invocation: Programs['invocation'] = (by, event) =>
    subject(by, by === 'bucketlens' ? 'function/index.js' : `function-${by}.cjs`, {
      EVENT: JSON.stringify(event),
    });
  return {
    invocation,
    endurance: (event) => {
      const { command, ...rest } = invocation('bucketlens', event);
      return { ...rest, command: [node, '--expose-gc', ...command.slice(1)] };
    },
    pillow: ({ file }) => ({
      name: 'pillow',
      command: ['python3', join(contendersSource, 'pillow.py')],
      environment: { ...environment, PICTURE: file },
      settlesAfter,
    }),
    decoding: (by, { file }) =>
      subject(by, by === 'bucketlens' ? 'decode.cjs' : `decode-${by}.cjs`, { PICTURE: file }),
    codes: ({ file }) => subject('codes alone', 'codes.cjs', { PICTURE: file }),
    network: (by) =>
      subject(by, 'network.cjs', by === 'bucketlens' ? { OPENED_AS: 'ours', MODEL: network.stored } : {}),
  };
};

// Ours arranges its network for the processor after four images; V8 has compiled what is hot after two or three.
const ownSettlesAfter = 6;
const settlesAfter = 3;

const lambda = {
  AWS_REGION: 'eu-west-1',
  AWS_ACCESS_KEY_ID: 'bench',
  AWS_SECRET_ACCESS_KEY: 'bench',
  AWS_LAMBDA_FUNCTION_NAME: 'labeller',
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '2048',
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  POWERTOOLS_METRICS_NAMESPACE: 'Bucketlens',
  POWERTOOLS_SERVICE_NAME: 'bench',
};

/** As functions/bundle.ts has it. */
const bundling: BuildOptions = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  external: ['onnxruntime-node', 'sharp'],
  mainFields: ['module', 'main'],
  minifySyntax: true,
  minifyWhitespace: true,
  banner: { js: "'use strict';const bundleUrl=require('node:url').pathToFileURL(__filename).href;" },
  define: { 'import.meta.url': 'bundleUrl' },
};

const decodingBy = (name: string) => `
import { readFileSync } from 'node:fs';
import { readPixels } from './${name}.js';
export const run = () => readPixels(readFileSync(process.env.PICTURE));`;

const functionOf = (name: string) => `
import { createHandler } from './handler.js';
import { readPixels } from './${name}.js';
export const handler = createHandler(readPixels);`;
