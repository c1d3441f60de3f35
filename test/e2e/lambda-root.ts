/** A machine like the one that Lambda gives a function: its folders, its environment, its Node.js, its processor. */

import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Artefacts } from '../../cdk/constructs/artefacts.ts';
import { defaultMegabytes } from '../../functions/classify/memory.ts';
import { Skipped } from './check.ts';
import { end, run, start } from './processes.ts';

export interface LambdaMachine {
  readonly artefacts: Artefacts;
  /** The path of the Node.js that becomes /var/lang/bin/node. */
  readonly node: string;
  readonly nodeMajor: number;
  /** For another processor than this machine's: what runs its programs, and the path of its /proc/cpuinfo. */
  readonly emulation?: { readonly command: readonly string[]; readonly cpuinfo: string };
}

/** An invocation failed, or the process that runs it. */
export class FunctionFailed extends Error {
  override readonly name = 'FunctionFailed';
}

/**
 * Invokes the function there: its layers on /opt, its code in /var/task, no /sys, only /tmp to be written, of this
 * machine's folders what programs need, and nothing of its environment.
 *
 * @param events One invocation each.
 * @param environment The function's own.
 * @returns What the function and `lambda-runtime.cjs`, which invokes it, have written.
 * @throws FunctionFailed with all that, if an invocation fails, the process crashes or takes five minutes.
 */
export async function runOnLambda(
  { artefacts, node, nodeMajor, emulation }: LambdaMachine,
  { events, environment }: { events: readonly unknown[]; environment: Readonly<Record<string, string>> },
): Promise<{ stdout: string; stderr: string }> {
  const root = await mkdtemp(join(tmpdir(), 'bucketlens-lambda-'));
  const variables = Object.entries({ ...lambdaEnvironment(nodeMajor), ...environment });
  const child = start(
    'unshare',
    [
      ...['-rm', 'sh', join(import.meta.dirname, 'lambda-root.sh')],
      ...[root, node, emulation?.cpuinfo ?? '/proc/cpuinfo'],
      ...[join(import.meta.dirname, 'lambda-runtime.cjs'), artefacts.functionDir],
      ...[artefacts.runtimeLayerDir, artefacts.modelLayerDir, '--'],
      ...variables.map(([name, value]) => `${name}=${value}`),
      ...[...(emulation?.command ?? []), '/var/lang/bin/node', ...nodeOptions(nodeMajor)],
      ...['/var/runtime/index.cjs', JSON.stringify(events)],
    ],
    { env: process.env, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const timer = setTimeout(() => void end(child), timeoutMs);
  try {
    const [stdout, stderr, [exitCode, signal]] = await Promise.all([
      text(child.stdout!),
      text(child.stderr!),
      once(child, 'close'),
    ]);
    if (exitCode === 0) return { stdout, stderr };
    throw new FunctionFailed(`the function's process ended with ${signal ?? exitCode}:\n${stdout}${stderr}`);
  } finally {
    clearTimeout(timer);
    await rm(root, { recursive: true, force: true });
  }
}

/** @throws Skipped where nobody may mount what such a machine is made of. */
export async function assertCanMount(): Promise<void> {
  await run('unshare', ['-rm', 'true'], { env: process.env, timeoutMs: 5000 }).catch(() => {
    throw new Skipped(
      'unshare -rm fails, so nothing can be mounted: run as root, and in a container with the capability SYS_ADMIN',
    );
  });
}

const timeoutMs = 300_000;

// https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
function lambdaEnvironment(nodeMajor: number): Record<string, string> {
  return {
    AWS_EXECUTION_ENV: `AWS_Lambda_nodejs${nodeMajor}.x`,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(defaultMegabytes),
    AWS_LAMBDA_FUNCTION_NAME: 'labeller',
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/labeller',
    AWS_LAMBDA_LOG_STREAM_NAME: '2026/01/01/[$LATEST]0123456789abcdef',
    AWS_REGION: 'eu-west-1',
    AWS_DEFAULT_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_SESSION_TOKEN: 'test',
    LAMBDA_TASK_ROOT: '/var/task',
    LAMBDA_RUNTIME_DIR: '/var/runtime',
    _HANDLER: 'index.handler',
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    PATH: '/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin',
    LD_LIBRARY_PATH:
      '/var/lang/lib:/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:/var/task:/var/task/lib:/opt/lib',
    NODE_PATH: `/opt/nodejs/node${nodeMajor}/node_modules:/opt/nodejs/node_modules:/var/runtime/node_modules:/var/runtime:/var/task`,
  };
}

// As Lambda starts it: a tenth of the memory is the young generation's.
function nodeOptions(nodeMajor: number): string[] {
  return [
    `--max-semi-space-size=${Math.floor(defaultMegabytes / 20)}`,
    `--max-old-space-size=${Math.floor(defaultMegabytes * 0.9)}`,
    ...(nodeMajor === 22 ? ['--no-experimental-require-module', '--no-experimental-detect-module'] : []),
  ];
}
