/** Renders results as Markdown that reads well on a terminal, too. */
import type { Figures } from './measure.ts';
import { table } from './page.ts';
import { pictureNames } from './pictures.ts';
import { decoders } from './programs.ts';
import { findResult, type Goal, type Result, type Task } from './results.ts';

export interface Report {
  /** Processor, system and Node.js. */
  readonly machine: string;
  readonly results: readonly Result[];
  readonly goals: readonly Goal[];
  /** Memory held by the function after numbers of invocations, in 10^6 bytes. */
  readonly held: readonly { readonly invocations: number; readonly megabytes: number }[];
}

export function renderReport({ machine, results, goals, held }: Report): string {
  return [
    machine,
    '### Goals',
    goalTable(goals),
    ...comparisons.flatMap(({ title, task, figure }) => [
      `### ${title}`,
      comparisonTable(results, task, figure),
    ]),
    '### The network alone',
    networkTable(results),
    ...(held.length > 0 ? ['### Held after many invocations', heldTable(held)] : []),
  ].join('\n\n');
}

const comparisons: readonly { title: string; task: Task; figure: keyof Figures }[] = [
  { title: 'A cold start with one image: CPU ms of the whole process', task: 'invocation', figure: 'coldMs' },
  { title: 'One more image: CPU ms', task: 'invocation', figure: 'warmMs' },
  { title: 'Peak memory of a process with one image: MB', task: 'invocation', figure: 'peakMegabytes' },
  { title: 'Peak memory after all its images: MB', task: 'invocation', figure: 'warmPeakMegabytes' },
  { title: 'Decoding alone, cold: CPU ms of the whole process', task: 'decoding', figure: 'coldMs' },
  { title: 'Decoding alone, one more: CPU ms', task: 'decoding', figure: 'warmMs' },
  {
    title: 'Decoding and bicubic scaling, cold: CPU ms of the whole process',
    task: 'scaling',
    figure: 'coldMs',
  },
  { title: 'Decoding and bicubic scaling, one more: CPU ms', task: 'scaling', figure: 'warmMs' },
  { title: 'Decoding and bicubic scaling: peak memory, MB', task: 'scaling', figure: 'peakMegabytes' },
  { title: 'Decoding alone: peak memory, MB', task: 'decoding', figure: 'peakMegabytes' },
];

/** A row for each picture, a column for each program; the ratio to this function in brackets. */
function comparisonTable(results: readonly Result[], task: Task, figure: keyof Figures): string {
  const figureOf = (by: string, picture: (typeof pictureNames)[number]) =>
    findResult(results, task, by, picture)?.[figure];
  const columns = [...decoders, 'pillow', 'codes alone'].filter((by) =>
    pictureNames.some((name) => figureOf(by, name)),
  );
  const rows = pictureNames.flatMap((picture) => {
    const ours = figureOf('bucketlens', picture);
    if (!ours) return [];
    const cells = columns.map((by) => {
      const value = figureOf(by, picture);
      if (!value) return '';
      return by === 'bucketlens' ? value.toFixed(0) : `${value.toFixed(0)} (${(value / ours).toFixed(1)}x)`;
    });
    return [[picture, ...cells]];
  });
  return table(['', ...columns], rows);
}

function goalTable(goals: readonly Goal[]): string {
  return table(
    ['', 'goal', 'found'],
    goals.map(({ name, goal, found }) => [
      name,
      `${goal}x`,
      found === undefined ? 'not measured' : `${found.toFixed(1)}x${found < goal ? ', missed' : ''}`,
    ]),
  );
}

function networkTable(results: readonly Result[]): string {
  return table(
    ['CPU ms', 'opening', 'first image', 'each further', 'peak MB of one image', 'peak MB later'],
    results
      .filter(({ task }) => task === 'network')
      .map(({ by, firstMs, secondMs, warmMs, peakMegabytes, warmPeakMegabytes }) => [
        by,
        ...[firstMs, secondMs, warmMs, peakMegabytes, warmPeakMegabytes].map((value) => value.toFixed(0)),
      ]),
  );
}

function heldTable(held: Report['held']): string {
  return table(
    ['invocations', 'MB held'],
    held.map(({ invocations, megabytes }) => [String(invocations), megabytes.toFixed(1)]),
  );
}
