/**
 * A measured process. Loads one program, runs it at once and again for each line on standard input, and reports its resource
 * usage after each run, with the memory held if the line asks for it. Reports use a channel of their own, because programs
 * write to standard output.
 */
import { existsSync, readFileSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';

/** Resources used by one run. */
export interface Usage {
  /** CPU time, user and system, of all threads. */
  readonly runMs: number;
  /** CPU time since the process began. */
  readonly processMs: number;
  /** Peak resident memory of the process so far, in 10^6 bytes. */
  readonly peakMegabytes: number;
  /** Present only if requested. */
  readonly held?: Held;
}

/** Memory of a process after garbage collection, in 10^6 bytes. */
export interface Held {
  readonly heapMegabytes: number;
  /** Buffers and WebAssembly memories. */
  readonly externalMegabytes: number;
  /** All resident memory, including that of native code. */
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

/** Reads /proc on Linux, where getrusage includes the parent process. */
function peakMegabytes(): number {
  const kilobytes = existsSync(status)
    ? Number(/VmHWM:\s*(\d+)/.exec(readFileSync(status, 'utf8'))![1])
    : process.resourceUsage().maxRSS;
  return (kilobytes * 1024) / 1e6;
}

const status = '/proc/self/status';

function hold(): Held {
  // Needs --expose-gc. Objects freed by one collection may keep others alive until the next.
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

/** Cycles through the function's events. */
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
