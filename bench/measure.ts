/** Measures programs in processes of their own, interleaved, so that a machine that slows down slows all of them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { median } from '../local/median.ts';
import type { Held, Usage } from './child.ts';

/** A program that can be measured. */
export interface Subject {
  readonly name: string;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Number of runs until the cost is stable. */
  readonly settlesAfter: number;
}

export interface Rounds {
  /** Number of processes whose first run is measured. */
  readonly cold: number;
  /** Number of further runs in one process. */
  readonly warm: number;
}

/** Medians. */
export interface Figures {
  /** CPU time of a whole process with one run. */
  readonly coldMs: number;
  /** CPU time of the first run alone. */
  readonly firstMs: number;
  /** CPU time of the second run. */
  readonly secondMs: number;
  /** CPU time of a further run, once stable. */
  readonly warmMs: number;
  /** Peak memory of a process with one run, in 10^6 bytes. */
  readonly peakMegabytes: number;
  /** Peak memory after all runs, in 10^6 bytes. */
  readonly warmPeakMegabytes: number;
}

/**
 * Measures programs side by side.
 *
 * @returns Figures by program name; programs that fail are left out, and the reason is printed.
 */
export async function measure(
  subjects: readonly Subject[],
  { cold, warm }: Rounds,
): Promise<Map<string, Figures>> {
  const samples = new Map<string, Samples>();
  for (const subject of subjects) {
    const process = start(subject);
    const first = await process
      .next()
      .catch((error: Error) => console.error(`${subject.name}: ${error.message}`));
    if (first) samples.set(subject.name, { subject, process, cold: [first], warm: [] });
  }
  const running = [...samples.values()];
  const most = Math.max(0, ...running.map(({ subject }) => subject.settlesAfter));
  for (let round = 1; round < most + warm; round++) {
    for (const { subject, process, warm: runs } of running) {
      // Programs that are stable sooner join later, so that all are measured in the same rounds.
      if (round >= most - subject.settlesAfter) runs.push(await process.next());
    }
  }
  for (const { process } of running) process.stop();
  for (let round = 1; round < cold; round++) {
    for (const { subject, cold: runs } of running) {
      const process = start(subject);
      runs.push(await process.next());
      process.stop();
    }
  }
  return new Map(running.map((sample) => [sample.subject.name, figuresOf(sample)]));
}

/** Memory of a process after a number of runs, and its peak so far. */
export interface HeldAfter extends Held {
  readonly runs: number;
  readonly peakMegabytes: number;
}

/** Runs a program repeatedly and reads its memory after these numbers of runs. The program must run with --expose-gc. */
export async function heldAfter(subject: Subject, counts: readonly number[]): Promise<HeldAfter[]> {
  const process = start(subject);
  const found: HeldAfter[] = [];
  for (let runs = 1; runs <= Math.max(...counts); runs++) {
    const { held, peakMegabytes } = await process.next(counts.includes(runs));
    if (held) found.push({ runs, peakMegabytes, ...held });
  }
  process.stop();
  return found;
}

interface Samples {
  readonly subject: Subject;
  readonly process: MeasuredProcess;
  readonly cold: Usage[];
  readonly warm: Usage[];
}

function figuresOf({ subject, cold, warm }: Samples): Figures {
  return {
    coldMs: median(cold.map(({ processMs }) => processMs)),
    firstMs: median(cold.map(({ runMs }) => runMs)),
    secondMs: warm[0]?.runMs ?? Number.NaN,
    warmMs: median(warm.slice(subject.settlesAfter - 1).map(({ runMs }) => runMs)),
    peakMegabytes: median(cold.map(({ peakMegabytes }) => peakMegabytes)),
    warmPeakMegabytes: warm.at(-1)?.peakMegabytes ?? Number.NaN,
  };
}

interface MeasuredProcess {
  /**
   * Waits for the first run, and for a further one on each later call.
   *
   * @param asksForHeld Requests the memory held, after all runs but the first.
   * @throws Error with what the process printed.
   */
  readonly next: (asksForHeld?: boolean) => Promise<Usage>;
  readonly stop: () => void;
}

function start({ command: [program = '', ...args], environment }: Subject): MeasuredProcess {
  const child = spawn(program, args, {
    env: { PATH: process.env.PATH, TMPDIR: process.env.TMPDIR, ...environment },
    stdio: ['pipe', 'ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  child.stderr!.on('data', (chunk: Buffer) => {
    printed = (printed + chunk).slice(-2000);
  });
  const answers = createInterface({ input: child.stdio[3] as Readable })[Symbol.asyncIterator]();
  let runs = 0;
  return {
    next: async (asksForHeld = false) => {
      if (runs++ > 0) child.stdin!.write(asksForHeld ? 'held\n' : '\n');
      const { value, done } = await answers.next();
      if (done) throw new Error(`ended with ${await exitOf(child)}\n${printed}`);
      return JSON.parse(value) as Usage;
    },
    // Some native libraries keep the process alive.
    stop: () => void child.kill('SIGKILL'),
  };
}

function exitOf(child: ChildProcess): Promise<number | NodeJS.Signals | null> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve(child.exitCode ?? child.signalCode);
    else child.once('exit', (code, signal) => resolve(code ?? signal));
  });
}
