/** Has files judged by the function's code and by Pillow, side by side in separate processes. */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { type Asker, createAsker } from './asker.ts';
import type { HostileFile } from './hostile-file.ts';
import type { Verdict } from './judge.ts';

/** Pillow's verdict: size and SHA-256 of the pixels, or the name of its error. */
export type PillowVerdict = { readonly pixels: string } | { readonly refusal: string };

export interface Finding {
  readonly file: HostileFile;
  /** Missing if the process ended. */
  readonly verdict?: Verdict;
  readonly pillow?: PillowVerdict | undefined;
  /** Broken promises and exceeded bounds. */
  readonly faults: readonly string[];
}

/** CPU time for files of up to 1 MB. */
export const maxCpuMs = 2000;
/** Additional CPU time for each further MB. */
const cpuMsOfMegabyte = 1000;
export const maxMegabytes = 512;

/**
 * @param python A Python with Pillow, if there is one.
 * @param onFinding Receives the findings one by one, in any order.
 */
export async function survey(
  files: readonly HostileFile[],
  python: string | undefined,
  onFinding: (finding: Finding, index: number) => void,
): Promise<void> {
  let next = 0;
  const lane = async () => {
    const ours = createAsker(decoder, silenceMs);
    const pillow = python === undefined ? undefined : createAsker([python, pillowScript], silenceMs);
    for (let index = next++; index < files.length; index = next++) {
      onFinding(await examine(files[index], ours, pillow), index);
    }
    ours.close();
    pillow?.close();
  };
  await Promise.all(Array.from({ length: availableParallelism() }, lane));
}

const decoder = [process.execPath, '--import', 'tsx', join(import.meta.dirname, 'child.ts')] as const;
const pillowScript = join(import.meta.dirname, 'pillow.py');
const silenceMs = 300_000;

async function examine(file: HostileFile, ours: Asker, pillow: Asker | undefined): Promise<Finding> {
  const bytes = file.make();
  const [answer, pillowAnswer] = await Promise.all([ours.ask(bytes), pillow?.ask(bytes)]);
  const fromPillow = pillowAnswer && { pillow: pillowVerdict(pillowAnswer) };
  if ('end' in answer) return { file, ...fromPillow, faults: [answer.end] };
  const first: Verdict = JSON.parse(answer.line);
  // Earlier files' garbage and other work on the machine count, too: an excess is measured again, alone.
  const verdict = excessOf(first, bytes.length).length > 0 ? await judgeAlone(bytes) : first;
  return { file, verdict, ...fromPillow, faults: [...verdict.faults, ...excessOf(verdict, bytes.length)] };
}

async function judgeAlone(bytes: Uint8Array): Promise<Verdict> {
  const alone = createAsker(decoder, silenceMs);
  const answer = await alone.ask(bytes);
  alone.close();
  if ('end' in answer) throw new Error(`measured alone, the process ${answer.end}`);
  return JSON.parse(answer.line);
}

function excessOf({ cpuMs, grownMegabytes }: Verdict, bytes: number): string[] {
  return [
    ...(cpuMs > maxCpuMs + cpuMsOfMegabyte * Math.max(0, bytes / 1e6 - 1)
      ? [`took ${(cpuMs / 1000).toFixed(1)} s`]
      : []),
    ...(grownMegabytes > maxMegabytes ? [`took ${grownMegabytes} MB`] : []),
  ];
}

function pillowVerdict(answer: { line: string } | { end: string }): PillowVerdict {
  return 'line' in answer ? JSON.parse(answer.line) : { refusal: answer.end };
}
