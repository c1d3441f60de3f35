/** Runs the bundled function with its layers in processes that report their CPU time. */

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { devNull } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { bundleFunction } from '../../functions/bundle.ts';
import { defaultMegabytes } from '../../functions/classify/memory.ts';
import { buildModelLayer } from '../../layers/model/layer.ts';
import { buildRuntimeLayer } from '../../layers/runtime/layer.ts';
import type { Spent } from './invocations.ts';

export interface Invocation extends Spent {
  /** The function's log. */
  readonly logBytes: number;
}

export interface FunctionProcess {
  readonly invoke: (event: unknown) => Promise<Invocation>;
  readonly close: () => Promise<void>;
}

export const functionName = 'bucketlens';
/** Identifies the function to the local S3. */
export const functionKey = 'FUNCTION';

/**
 * Builds the function outside of the repository: on Lambda there is no package.json or node_modules above it.
 *
 * @param modelDir A model folder.
 * @param folder Takes the function and its layers.
 * @param node The Node.js that runs it.
 * @returns Starts a process of it.
 */
export function buildFunction(
  modelDir: string,
  folder: string,
  node: string,
  environment: Readonly<Record<string, string>>,
): () => FunctionProcess {
  const { platform, arch } = process;
  const runtimeLayer = join(import.meta.dirname, `../../build/layers/runtime-${platform}-${arch}`);
  const modelLayer = join(folder, 'model-layer');
  const functionDir = join(folder, 'function');
  const invocations = join(folder, 'invocations.cjs');
  buildRuntimeLayer({ platform, arch, outDir: runtimeLayer });
  buildModelLayer({ modelDir, outDir: modelLayer });
  bundleFunction(functionDir);
  // Compiled ahead: compiling TypeScript would add to the measured time.
  buildSync({
    entryPoints: [join(import.meta.dirname, 'invocations.ts')],
    outfile: invocations,
    platform: 'node',
    format: 'cjs',
  });
  const env = {
    PATH: process.env.PATH,
    NODE_PATH: join(runtimeLayer, 'nodejs', 'node_modules'),
    BUCKETLENS_MODEL_DIR: join(modelLayer, 'model'),
    AWS_LAMBDA_FUNCTION_NAME: functionName,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(defaultMegabytes),
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: functionKey,
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    POWERTOOLS_SERVICE_NAME: 'bucketlens',
    POWERTOOLS_METRICS_NAMESPACE: 'Bucketlens',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    ...environment,
  };
  return () => start(node, [invocations, join(functionDir, 'index.js')], env);
}

function start(
  node: string,
  [invocations, entry]: readonly [string, string],
  env: NodeJS.ProcessEnv,
): FunctionProcess {
  const child = fork(invocations, [entry], {
    env,
    execPath: node,
    execArgv: [],
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const exit = once(child, 'exit');
  let logBytes = 0;
  child.stdout!.on('data', ({ length }: Buffer) => {
    logBytes += length;
  });
  return {
    invoke: async (event) => {
      logBytes = 0;
      child.send(event as object);
      const ended = exit.then(([code]) => {
        throw new Error(`the function's process ended (exit code ${code})`);
      });
      const [spent]: Spent[] = await Promise.race([once(child, 'message'), ended]);
      return { ...spent!, logBytes };
    },
    close: async () => {
      child.disconnect();
      await exit;
    },
  };
}
