/** Renders results as Markdown that reads well on a terminal, too. */
import { formatRatio, type Goal, isMet } from './goals.ts';
import type { Figures } from './measure.ts';
import { table } from './page.ts';
import { type PictureName, pictureNames } from './pictures.ts';
import { decoders } from './programs.ts';
import { findResult, networkAlone, partNames, type Result, type Task } from './results.ts';

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
    '### Networks alone',
    networkTable(results),
    '### Parts of a cold start with a 12 MP JPEG, each in a process of its own',
    partTable(results),
    ...(held.length > 0 ? ['### Held after many invocations', heldTable(held)] : []),
  ].join('\n\n');
}

const invocations = [
  ['keras', 'ResNet50'],
  ['torchvision', "ResNet50 with torchvision's preparation"],
  ['embedded', 'EfficientNet-Lite0 with its own preparation'],
] as const;

const comparisons: readonly { title: string; task: Task; figure: keyof Figures }[] = [
  ...invocations.flatMap(([task, network]) => [
    {
      title: `${network}, a cold start with one image: CPU ms of the whole process`,
      task,
      figure: 'coldMs' as const,
    },
    { title: `${network}, one more image: CPU ms`, task, figure: 'warmMs' as const },
    {
      title: `${network}: peak memory of a process with one image, MB`,
      task,
      figure: 'peakMegabytes' as const,
    },
  ]),
  { title: 'ResNet50: peak memory after all its images, MB', task: 'keras', figure: 'warmPeakMegabytes' },
  { title: 'Decoding alone, cold: CPU ms of the whole process', task: 'decoding', figure: 'coldMs' },
  { title: 'Decoding alone, one more: CPU ms', task: 'decoding', figure: 'warmMs' },
  { title: 'Decoding alone: peak memory, MB', task: 'decoding', figure: 'peakMegabytes' },
  {
    title: 'Decoding and bicubic scaling, cold: CPU ms of the whole process',
    task: 'scaling',
    figure: 'coldMs',
  },
  { title: 'Decoding and bicubic scaling, one more: CPU ms', task: 'scaling', figure: 'warmMs' },
  { title: 'Decoding and bicubic scaling: peak memory, MB', task: 'scaling', figure: 'peakMegabytes' },
];

const networkColumn = 'network alone';

/** A row for each picture, a column for each program; the ratio to this function in brackets. */
function comparisonTable(results: readonly Result[], task: Task, figure: keyof Figures): string {
  const network: Partial<Record<keyof Figures, number>> = networkAlone(results, task) ?? {};
  const figureOf = (by: string, picture: PictureName) =>
    by === networkColumn ? network[figure] : findResult(results, task, by, picture)?.[figure];
  const pictures = pictureNames.filter((picture) => figureOf('bucketlens', picture));
  const columns = [...decoders, 'pillow', 'codes alone', networkColumn].filter((by) =>
    pictures.some((picture) => figureOf(by, picture)),
  );
  const rows = pictures.map((picture) => {
    const ours = figureOf('bucketlens', picture)!;
    const cells = columns.map((by) => {
      const value = figureOf(by, picture);
      if (!value) return '';
      return by === 'bucketlens' ? value.toFixed(0) : `${value.toFixed(0)} (${(value / ours).toFixed(1)}x)`;
    });
    return [picture, ...cells];
  });
  return table(['', ...columns], rows);
}

function goalTable(goals: readonly Goal[]): string {
  return table(
    ['', 'goal', 'found', ''],
    goals.map((each) => {
      const { name, goal, isUpper, found } = each;
      const wanted = isUpper ? `at most ${goal}` : `${goal}x`;
      if (found === undefined) return [name, wanted, 'not measured', ''];
      return [name, wanted, formatRatio(each, found), isMet(each, found) ? 'met' : 'missed'];
    }),
  );
}

function networkTable(results: readonly Result[]): string {
  return table(
    ['CPU ms', 'opening', 'first image', 'each further', 'peak MB, opened', 'peak MB later'],
    results
      .filter(({ task }) => task === 'network')
      .map(({ by, firstMs, secondMs, warmMs, peakMegabytes, warmPeakMegabytes }) => [
        by,
        ...[firstMs, secondMs, warmMs, peakMegabytes, warmPeakMegabytes].map((value) => value.toFixed(0)),
      ]),
  );
}

/** Without what Node.js itself takes. The parts need not add up to the whole: processes differ. */
function partTable(results: readonly Result[]): string {
  const photo = '12 MP JPEG';
  const coldOf = (task: Task, by: string, picture?: PictureName) =>
    findResult(results, task, by, picture)?.coldMs ?? Number.NaN;
  const node = coldOf('part', partNames.node);
  const parts: readonly (readonly [string, number])[] = [
    [partNames.node, node],
    [partNames.requests, coldOf('part', partNames.requests) - node],
    ['opening the network and its first image', networkAlone(results, 'keras')?.coldMs ?? Number.NaN],
    ['decoding', coldOf('decoding', 'bucketlens', photo) - node],
    ['the whole function', coldOf('keras', 'bucketlens', photo)],
  ];
  return table(
    ['', 'CPU ms'],
    parts.map(([name, ms]) => [name, ms.toFixed(0)]),
  );
}

function heldTable(held: Report['held']): string {
  return table(
    ['invocations', 'MB held'],
    held.map(({ invocations, megabytes }) => [String(invocations), megabytes.toFixed(1)]),
  );
}
