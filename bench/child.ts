/**
 * A process that is measured. It loads one program, runs it at once, and again for every line that comes in; after each run it
 * says what it has used, and what it holds if the line asks for it, on a channel of its own, because programs write to the
 * standard output.
 */
import { existsSync, readFileSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';

/** What one run used. */
export interface Usage {
  /** CPU time, user and system, of all threads. */
  readonly runMs: number;
  /** The same since the process began. */
  readonly processMs: number;
  /** The most memory that the process has held so far: resident, in 10^6 bytes. */
  readonly peakMegabytes: number;
  /** Only if asked for. */
  readonly held?: Held;
}

/** What a process holds once the garbage is gone, in 10^6 bytes. */
export interface Held {
  readonly heapMegabytes: number;
  /** Buffers, and the memories of WebAssembly. */
  readonly externalMegabytes: number;
  /** All of it, and what native code holds. */
  readonly residentMegabytes: number;
}

interface Program {
  readonly run?: () => Promise<unknown>;
  /** A Lambda function. */
  readonly handler?: (event: unknown, context: object) => Promise<unknown>;
}

const answerChannel = 3;
const askForHeld = 'held\n';

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** On Linux from /proc: what getrusage says there includes the process that started this one. */
function peakMegabytes(): number {
  const kilobytes = existsSync(status)
    ? Number(/VmHWM:\s*(\d+)/.exec(readFileSync(status, 'utf8'))![1])
    : process.resourceUsage().maxRSS;
  return (kilobytes * 1024) / 1e6;
}

const status = '/proc/self/status';

function hold(): Held {
  // --expose-gc. What the first one lets go of may let go of more.
  for (let round = 0; round < 2; round++) globalThis.gc!();
  const { heapUsed, external, rss } = process.memoryUsage();
  return {
    heapMegabytes: heapUsed / 1e6,
    externalMegabytes: external / 1e6,
    residentMegabytes: rss / 1e6,
  };
}

async function measure(run: () => Promise<unknown>, isHeldAsked: boolean): Promise<void> {
  const before = cpuMs();
  await run();
  const processMs = cpuMs();
  const usage: Usage = {
    runMs: processMs - before,
    processMs,
    peakMegabytes: peakMegabytes(),
    ...(isHeldAsked && { held: hold() }),
  };
  writeSync(answerChannel, `${JSON.stringify(usage)}\n`);
}

/** A function gets its events in turn. */
function runOf({ run, handler }: Program): () => Promise<unknown> {
  if (run) return run;
  const events: unknown[] = JSON.parse(process.env.EVENTS!);
  let runs = 0;
  return () =>
    handler!(events[runs++ % events.length], { awsRequestId: '1', getRemainingTimeInMillis: () => 60_000 });
}

const run = runOf(createRequire(__filename)(process.argv[2]!) as Program);
const first = measure(run, false);
process.stdin.on('data', (line) => void first.then(() => measure(run, String(line) === askForHeld)));
process.stdin.on('end', () => process.exit());
