/** Bundles the function, and other programs, to be measured. */
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { bundleFunction, bundling } from '../functions/bundle.ts';
import { kernelsFile } from '../functions/classify/decode/shared/kernels.ts';
import { defaultMegabytes } from '../functions/classify/memory.ts';
import { compileKernels } from '../functions/compile-kernels.ts';
import { buildRuntimeLayer } from '../layers/runtime/layer.ts';
import type { Subject } from './measure.ts';

/**
 * Bundles the function, and `child.cjs`, which runs programs, below `home`.
 *
 * @param node The Node.js that runs it.
 * @returns The function without its services, its model and its events.
 */
export async function bundleOwnFunction(home: string, node: string): Promise<Subject> {
  const runtimeLayer = join(home, 'runtime');
  buildRuntimeLayer({ platform: process.platform, arch: process.arch, outDir: runtimeLayer });
  bundleFunction(join(home, 'function'));
  await bundle(join(home, 'child.cjs'), `import './child.ts'`, import.meta.dirname);
  return {
    name: 'bucketlens',
    command: [node, join(home, 'child.cjs'), join(home, 'function/index.js')],
    environment: { ...lambda, NODE_PATH: join(runtimeLayer, 'nodejs/node_modules') },
    // The network is rearranged after four images, and V8 compiles hot code until about the twelfth.
    settlesAfter: 15,
  };
}

/** The same program with these events in turn, able to collect garbage. */
export function withEvents(
  { command: [node = '', ...args], environment, ...subject }: Subject,
  events: readonly object[],
): Subject {
  return {
    ...subject,
    command: [node, '--expose-gc', ...args],
    environment: { ...environment, EVENTS: JSON.stringify(events) },
  };
}

/** @param packages Folder of packages that are not the project's. */
export async function bundle(
  outfile: string,
  contents: string,
  resolveDir: string,
  packages: readonly string[] = [],
): Promise<void> {
  await build({
    ...bundling,
    external: ['onnxruntime-node', 'sharp'],
    stdin: { contents, resolveDir, loader: 'ts' },
    outfile,
    nodePaths: [...packages],
  });
  writeFileSync(join(dirname(outfile), kernelsFile), compileKernels());
}

const lambda = {
  AWS_REGION: 'eu-west-1',
  AWS_ACCESS_KEY_ID: 'bench',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_LAMBDA_FUNCTION_NAME: 'labeller',
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(defaultMegabytes),
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  POWERTOOLS_METRICS_NAMESPACE: 'Bucketlens',
  POWERTOOLS_SERVICE_NAME: 'bench',
};
