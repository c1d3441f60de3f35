/** Imitates the machine that Lambda gives a function: folders, environment, Node.js, processor. */

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
  /** For a foreign processor: the program that emulates it, and the path of its /proc/cpuinfo. */
  readonly emulation?: { readonly command: readonly string[]; readonly cpuinfo: string };
}

/** An invocation or its process failed. */
export class FunctionFailed extends Error {
  override readonly name = 'FunctionFailed';
}

/**
 * Invokes the function there: layers on /opt, code in /var/task, no /sys, only /tmp writable, only the folders of this machine
 * that programs need, and none of its environment.
 *
 * @param events One invocation each.
 * @param environment The function's environment variables.
 * @returns The output of the function and of `lambda-runtime.cjs`, which invokes it.
 * @throws FunctionFailed with the output, if an invocation fails, the process crashes or takes five minutes.
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

/** @throws Skipped if mounting is not permitted on this machine. */
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

// Lambda gives a tenth of the memory to the young generation.
function nodeOptions(nodeMajor: number): string[] {
  return [
    `--max-semi-space-size=${Math.floor(defaultMegabytes / 20)}`,
    `--max-old-space-size=${Math.floor(defaultMegabytes * 0.9)}`,
    ...(nodeMajor === 22 ? ['--no-experimental-require-module', '--no-experimental-detect-module'] : []),
  ];
}
