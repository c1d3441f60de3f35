/** The results of a benchmark run, and its goals. */
import { defaultMegabytes } from '../functions/classify/memory.ts';
import type { Figures } from './measure.ts';
import type { PictureName } from './pictures.ts';

/** Measured tasks: whole invocations, decoding alone, decoding with bicubic scaling, the network alone. */
export type Task = 'invocation' | 'decoding' | 'scaling' | 'network';

export interface Result extends Figures {
  readonly task: Task;
  /** Missing for the network. */
  readonly picture?: PictureName;
  readonly by: string;
}

/** The ratio of two programs, or of a program to a bound, and the goal for it. */
export interface Goal {
  readonly name: string;
  readonly goal: number;
  /** Missing if this run has not measured it. */
  readonly found?: number;
}

export function findResult(
  results: readonly Result[],
  task: Task,
  by: string,
  picture?: PictureName,
): Result | undefined {
  return results.find((result) => result.task === task && result.by === by && result.picture === picture);
}

/** For all ratios, more is better. */
export function goalsOf(results: readonly Result[]): Goal[] {
  const timesLess = (
    name: string,
    goal: number,
    figure: keyof Figures,
    task: Task,
    than: string,
    picture?: PictureName,
  ): Goal => {
    const theirs = findResult(results, task, than, picture)?.[figure];
    const ours = findResult(results, task, 'bucketlens', picture)?.[figure];
    return { name, goal, ...(ours && theirs && { found: theirs / ours }) };
  };
  const within = (name: string, megabytes: number, task: Task, picture: PictureName): Goal => {
    const ours = findResult(results, task, 'bucketlens', picture)?.peakMegabytes;
    return { name, goal: 1, ...(ours && { found: megabytes / ours }) };
  };
  const [small, photo] = ['2 MP JPEG', '12 MP JPEG'] as const;
  return [
    timesLess('12 MP cold: CPU below jimp', 4.5, 'coldMs', 'invocation', 'jimp', photo),
    timesLess('12 MP warm: CPU below jimp', 8, 'warmMs', 'invocation', 'jimp', photo),
    timesLess('2 MP cold: CPU below jimp', 2.7, 'coldMs', 'invocation', 'jimp', small),
    timesLess('2 MP warm: CPU below jimp', 2.7, 'warmMs', 'invocation', 'jimp', small),
    timesLess('12 MP: peak memory below jimp', 2.5, 'peakMegabytes', 'invocation', 'jimp', photo),
    timesLess('12 MP warm: CPU below sharp', 1, 'warmMs', 'invocation', 'sharp', photo),
    timesLess('opening the network: CPU below a plain .onnx', 8, 'firstMs', 'network', 'plain .onnx'),
    timesLess('decoding 12 MP warm: CPU below jimp', 20, 'warmMs', 'decoding', 'jimp', photo),
    timesLess('decoding 12 MP warm: CPU below mozjpeg', 3, 'warmMs', 'decoding', 'mozjpeg', photo),
    timesLess('decoding 12 MP warm: CPU below sharp', 1, 'warmMs', 'decoding', 'sharp', photo),
    timesLess(
      'decoding and scaling 12 MP, bicubic, cold: CPU below sharp',
      0.7,
      'coldMs',
      'scaling',
      'sharp',
      photo,
    ),
    timesLess(
      'decoding and scaling 12 MP, bicubic, warm: CPU below sharp',
      0.8,
      'warmMs',
      'scaling',
      'sharp',
      photo,
    ),
    within('decoding 12 MP: within 70 MB', 70, 'decoding', photo),
    within(`50 MP: within ${defaultMegabytes} MB`, defaultMegabytes, 'invocation', '50 MP JPEG'),
  ];
}

/** Below this share of its goal, a figure is worse than noise can explain. */
export const leastShare = 0.6;

export function regressionsOf(goals: readonly Goal[]): Goal[] {
  return goals.filter(({ goal, found }) => found !== undefined && found < leastShare * goal);
}
