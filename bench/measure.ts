/** Programs in processes of their own, run in turn, so that a machine that slows down slows all of them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { Held, Usage } from './child.ts';

/** A program that can be measured. */
export interface Subject {
  readonly name: string;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** How many runs it takes until each costs the same. */
  readonly settlesAfter: number;
}

export interface Rounds {
  /** Processes of which the first run is measured. */
  readonly cold: number;
  /** Further runs in one process. */
  readonly warm: number;
}

/** Medians. */
export interface Figures {
  /** CPU time of a whole process with one run. */
  readonly coldMs: number;
  /** CPU time of that run alone. */
  readonly firstMs: number;
  /** CPU time of the run after it. */
  readonly secondMs: number;
  /** CPU time of one more run, once they have settled. */
  readonly warmMs: number;
  /** Peak memory of a process with one run, in 10^6 bytes. */
  readonly peakMegabytes: number;
  /** The same after all runs. */
  readonly warmPeakMegabytes: number;
}

/**
 * Measures programs side by side.
 *
 * @returns By their names; those that failed are left out, and the reason is printed.
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
      // Whoever settles sooner joins later, so that all are measured in the same rounds.
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

/** What a process holds after so many runs, and the most that it has held so far. */
export interface HeldAfter extends Held {
  readonly runs: number;
  readonly peakMegabytes: number;
}

/** Runs a program again and again, and looks at its memory after each of these numbers of runs. It has to be started with --expose-gc. */
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

/** The middle one; of an even number the greater of the two. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

interface MeasuredProcess {
  /**
   * Waits for the first run; runs it again when called again.
   *
   * @param asksForHeld Of all runs but the first.
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
    // Some native libraries never end by themselves.
    stop: () => void child.kill('SIGKILL'),
  };
}

function exitOf(child: ChildProcess): Promise<number | NodeJS.Signals | null> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve(child.exitCode ?? child.signalCode);
    else child.once('exit', (code, signal) => resolve(code ?? signal));
  });
}
