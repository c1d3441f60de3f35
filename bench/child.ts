/**
 * A process that is measured. It loads one program, runs it at once, and again for every line that comes in; after each run it
 * says what it has used, on a channel of its own, because programs write to the standard output.
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
  /** What it holds once the garbage is gone, in V8's heap and beside it; only with --expose-gc. */
  readonly heldMegabytes?: number;
}

interface Program {
  readonly run?: () => Promise<unknown>;
  /** A Lambda function. */
  readonly handler?: (event: unknown, context: object) => Promise<unknown>;
}

const answerChannel = 3;

const cpuMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/** On Linux from /proc: what getrusage says there includes the process that started this one. */
const peakMegabytes = (): number => {
  const kilobytes = existsSync(status)
    ? Number(/VmHWM:\s*(\d+)/.exec(readFileSync(status, 'utf8'))![1])
    : process.resourceUsage().maxRSS;
  return (kilobytes * 1024) / 1e6;
};

const status = '/proc/self/status';

const heldMegabytes = (collectGarbage: () => void): number => {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 1e6;
};

const measure = async (run: () => Promise<unknown>): Promise<void> => {
  const before = cpuMs();
  await run();
  const processMs = cpuMs();
  const usage: Usage = {
    runMs: processMs - before,
    processMs,
    peakMegabytes: peakMegabytes(),
    ...(globalThis.gc && { heldMegabytes: heldMegabytes(globalThis.gc) }),
  };
  writeSync(answerChannel, `${JSON.stringify(usage)}\n`);
};

const runOf = ({ run, handler }: Program): (() => Promise<unknown>) => {
  if (run) return run;
  const event: unknown = JSON.parse(process.env.EVENT!);
  return () => handler!(event, { awsRequestId: '1', getRemainingTimeInMillis: () => 60_000 });
};

const run = runOf(createRequire(__filename)(process.argv[2]!) as Program);
const first = measure(run);
process.stdin.on('data', () => void first.then(() => measure(run)));
process.stdin.on('end', () => process.exit());
