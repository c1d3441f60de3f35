/**
 * A process that fuzzes one target and reports to its parent. Arguments: a folder, the seed of its random numbers, and its time in
 * seconds. FOLDER/current holds the input being checked, in case it ends or hangs the process.
 */
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { randomFrom } from '../../support/random.ts';
import { createFuzzer, type Execution } from './fuzzer.ts';
import type { Target } from './target.ts';

export type Message =
  | { readonly progress: Progress }
  /** The input, Base64. */
  | { readonly failure: { readonly input: string; readonly reason: string } };

/** Number of executions since the process began. */
export interface Progress {
  readonly executions: number;
  /** Number of branches taken by any input. */
  readonly branches: number;
  /** Number of inputs that took a branch first, or more often than others: seeds, earlier runs' and new ones. */
  readonly kept: number;
  /** Number of new ones among them. */
  readonly added: number;
  readonly slowestMs: number;
  readonly peakMegabytes: number;
}

/** Bounds for an input of a few kilobytes: more than a hundred times the expected use. */
const maxMs = 2000;
const maxMegabytes = 256;

const reportEveryMs = 1000;

export async function fuzz({ check, seeds, isSpent = () => false }: Target): Promise<void> {
  const [folder = '', seed, seconds] = process.argv.slice(2);
  const until = Date.now() + 1000 * Number(seconds);
  // The parent is gone.
  process.once('disconnect', () => process.exit());
  const corpus = join(folder, 'corpus');
  fs.mkdirSync(corpus, { recursive: true });
  const current = fs.openSync(join(folder, 'current'), 'w');
  const { execute, step, progress } = createFuzzer(check, randomFrom(Number(seed)), (input) => {
    fs.writeSync(current, input, 0, input.length, 0);
    fs.ftruncateSync(current, input.length);
  });
  const { watch, figures } = createWatch();

  let added = 0;
  let reported = 0;
  const report = async () => {
    reported = Date.now();
    send({ progress: { ...figures(), ...progress(), added } });
    // Messages are only sent when the event loop runs.
    await setImmediate();
  };
  const run = async (executing: () => Promise<Execution>): Promise<Execution> => {
    const execution = await watch(executing);
    if (Date.now() - reported > reportEveryMs) await report();
    return execution;
  };

  for (const input of await seeds()) await run(() => execute(input));
  for (const file of fs.readdirSync(corpus).map((name) => join(corpus, name))) {
    await run(() => execute(fs.readFileSync(file)));
    if (!isSpent()) continue;
    // Another process would get no further.
    fs.rmSync(file);
    break;
  }
  while (Date.now() < until && !isSpent()) {
    const { isNew, input } = await run(step);
    if (!isNew || isSpent()) continue;
    added++;
    fs.writeFileSync(join(corpus, createHash('sha1').update(input).digest('hex')), input);
  }
  await report();
  process.disconnect();
}

function send(message: Message): void {
  process.send!(message);
}

/** Measures executions and reports failures, once for each place in the sources. */
function createWatch() {
  let [executions, slowestMs, peakMegabytes] = [0, 0, 0];
  const failedAt = new Set<string>();
  const watch = async (run: () => Promise<Execution>): Promise<Execution> => {
    const before = residentMegabytes();
    const execution = await run();
    const after = residentMegabytes();
    executions++;
    slowestMs = Math.max(slowestMs, execution.milliseconds);
    peakMegabytes = Math.max(peakMegabytes, after);
    const reason = failureOf(execution, after - before);
    const place = reason && (/^ +at .*$/m.exec(reason)?.[0] ?? reason.replaceAll(/\d+/g, '#'));
    if (place && !failedAt.has(place)) {
      failedAt.add(place);
      send({ failure: { input: Buffer.from(execution.input).toString('base64'), reason } });
    }
    return execution;
  };
  return { watch, figures: () => ({ executions, slowestMs, peakMegabytes }) };
}

function residentMegabytes(): number {
  return process.memoryUsage.rss() / 1e6;
}

function failureOf({ error, milliseconds }: Execution, grownMegabytes: number): string | undefined {
  if (error instanceof Error) return error.stack ?? error.message;
  if (error !== undefined) return `threw ${String(error)}`;
  if (milliseconds > maxMs) return `${milliseconds.toFixed()} ms of CPU time`;
  if (grownMegabytes > maxMegabytes) return `${grownMegabytes.toFixed()} MB more`;
  return undefined;
}
