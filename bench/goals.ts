/** The goals of the benchmark, and the bounds that its guard holds. */
import { defaultMegabytes } from '../functions/classify/memory.ts';
import type { Figures } from './measure.ts';
import { publishedNode, readRows } from './page.ts';
import type { PictureName } from './pictures.ts';
import { findResult, networkAlone, networkNames, type Result, type Task } from './results.ts';

/** The ratio of two programs, or of a program to a bound, and the goal for it. */
export interface Goal {
  readonly name: string;
  readonly goal: number;
  /** Less is better; otherwise more. */
  readonly isUpper?: true;
  /** Missing if this run has not measured it. */
  readonly found?: number;
}

export function goalsOf(results: readonly Result[]): Goal[] {
  const timesLess = (
    name: string,
    goal: number,
    figure: keyof Figures,
    task: Task,
    than: string,
    picture: PictureName = photo,
  ): Goal => {
    const theirs = findResult(results, task, than, picture)?.[figure];
    const ours = findResult(results, task, 'bucketlens', picture)?.[figure];
    return { name, goal, ...(ours && theirs && { found: theirs / ours }) };
  };
  const within = (name: string, megabytes: number, task: Task, picture: PictureName): Goal => {
    const ours = findResult(results, task, 'bucketlens', picture)?.peakMegabytes;
    return { name, goal: 1, ...(ours && { found: megabytes / ours }) };
  };
  return [
    timesLess('decoding 12 MP, nearest, warm: CPU below jimp', 40, 'warmMs', 'decoding', 'jimp'),
    timesLess('decoding 12 MP, nearest, warm: CPU below sharp', 3, 'warmMs', 'decoding', 'sharp'),
    timesLess('decoding 12 MP, nearest, warm: CPU below mozjpeg', 6, 'warmMs', 'decoding', 'mozjpeg'),
    timesLess(
      'decoding and scaling 12 MP, bicubic, warm: CPU below sharp',
      1.5,
      'warmMs',
      'scaling',
      'sharp',
    ),
    timesLess(
      'decoding and scaling 12 MP, bicubic, cold: CPU below sharp',
      1.5,
      'coldMs',
      'scaling',
      'sharp',
    ),
    timesLess(
      'decoding and scaling 12 MP, bicubic, warm: CPU below pillow',
      2,
      'warmMs',
      'scaling',
      'pillow',
    ),
    timesLess('12 MP cold: CPU below jimp', 5, 'coldMs', 'keras', 'jimp'),
    timesLess('12 MP warm: CPU below jimp', 9, 'warmMs', 'keras', 'jimp'),
    timesLess('2 MP cold: CPU below jimp', 3, 'coldMs', 'keras', 'jimp', '2 MP JPEG'),
    timesLess('2 MP warm: CPU below jimp', 3.5, 'warmMs', 'keras', 'jimp', '2 MP JPEG'),
    timesLess('12 MP, torchvision, warm: CPU below sharp', 1.3, 'warmMs', 'torchvision', 'sharp'),
    timesLess('12 MP, torchvision, warm: CPU below pillow', 1.1, 'warmMs', 'torchvision', 'pillow'),
    timesLess(
      '12 MP progressive, warm: CPU below sharp',
      1.6,
      'warmMs',
      'keras',
      'sharp',
      '12 MP progressive',
    ),
    timesLess(
      '12 MP progressive, warm: CPU below pillow',
      1.2,
      'warmMs',
      'keras',
      'pillow',
      '12 MP progressive',
    ),
    timesLess('2 MP PNG, warm: CPU below sharp', 1.1, 'warmMs', 'keras', 'sharp', '2 MP PNG'),
    timesLess('2 MP WebP, warm: CPU below sharp', 1.1, 'warmMs', 'keras', 'sharp', '2 MP WebP'),
    timesLess('12 MP: peak memory below jimp', 2.5, 'peakMegabytes', 'keras', 'jimp'),
    restOf(results),
    networkLess(results, 'int8 below fp32, ResNet50', 1.8, 'warmMs', [int8Resnet, resnet]),
    networkLess(results, 'int8 below fp32, EfficientNet-Lite0', 1.65, 'warmMs', [int8Embedded, embedded]),
    networkLess(results, 'opening ResNet50: CPU below a plain .onnx', 8, 'firstMs', [resnet, plainResnet]),
    within('decoding 12 MP: within 70 MB', 70, 'decoding', photo),
    within(`50 MP: within ${defaultMegabytes} MB`, defaultMegabytes, 'keras', '50 MP JPEG'),
  ];
}

const photo = '12 MP JPEG';
const { resnet, plainResnet, int8Resnet, embedded, int8Embedded } = networkNames;

function restOf(results: readonly Result[]): Goal {
  const image = findResult(results, 'keras', 'bucketlens', photo)?.warmMs;
  const network = networkAlone(results, 'keras')?.warmMs;
  return {
    name: '12 MP warm: everything but the network, by the time of the network',
    goal: 0.7,
    isUpper: true,
    ...(image && network && { found: image / network - 1 }),
  };
}

/** How many times less CPU one network takes than another. */
function networkLess(
  results: readonly Result[],
  name: string,
  goal: number,
  figure: keyof Figures,
  [less, more]: readonly [string, string],
): Goal {
  const [ours, theirs] = [less, more].map((by) => findResult(results, 'network', by)?.[figure]);
  return { name, goal, ...(ours && theirs && { found: theirs / ours }) };
}

export function isMet({ goal, isUpper }: Goal, found: number): boolean {
  return isUpper ? found <= goal : found >= goal;
}

/** Shown in the table of goals, and read back from it. */
export function formatRatio({ isUpper }: Goal, value: number): string {
  return isUpper ? value.toFixed(2) : `${value.toFixed(2)}x`;
}

/** A figure may be so much worse than the published one: machines and their other work differ. */
const leastShare = 0.6;

export interface Regression {
  readonly goal: Goal;
  readonly published: number;
  readonly bound: number;
}

/**
 * Why ratios of a run cannot be compared with the published ones, or undefined if they can.
 *
 * @param node Version of the Node.js that runs the programs. @param page The page with the published goals.
 */
export function explainIncomparable(node: string, page: string): string | undefined {
  const published = publishedNode(page);
  if (majorOf(node) === majorOf(published)) return undefined;
  return `Node.js ${node} gives other ratios than ${published}, with which ${page} was measured; give --node the path of a ${majorOf(published)}, or leave it out`;
}

function majorOf(version: string): string {
  return version.split('.')[0]!;
}

/**
 * The figures of a run that are much worse than the published ones.
 *
 * @param page The page with the published goals. @throws Error if it has none
 */
export function regressionsOf(goals: readonly Goal[], page: string): Regression[] {
  const published = new Map(
    readRows(page, 'npm run bench').map(([name, , found]) => [name, Number.parseFloat(found ?? '')]),
  );
  if (!goals.some(({ name }) => published.has(name))) {
    throw new Error(`${page} has none of the goals; npm run bench -- --docs writes them`);
  }
  return goals.flatMap((goal) => {
    const { name, found, isUpper } = goal;
    const before = published.get(name);
    if (found === undefined || before === undefined || Number.isNaN(before)) return [];
    const bound = isUpper ? before / leastShare : before * leastShare;
    const isWorse = isUpper ? found > bound : found < bound;
    return isWorse ? [{ goal, published: before, bound }] : [];
  });
}
