/** The results of a benchmark run. */
import type { Figures } from './measure.ts';
import type { Recipe } from './networks/networks.ts';
import type { PictureName } from './pictures.ts';

/** Measured tasks: whole invocations by recipe, decoding alone, decoding with bicubic scaling, networks alone. */
export type Task = Recipe | 'decoding' | 'scaling' | 'network' | 'part';

export interface Result extends Figures {
  readonly task: Task;
  /** Missing for networks, and for parts that read none. */
  readonly picture?: PictureName;
  readonly by: string;
}

/** Names of the measured networks: as the function opens them, or as one .onnx file in the plain way. */
export const networkNames = {
  resnet: 'ResNet50',
  plainResnet: 'ResNet50, plain .onnx',
  int8Resnet: 'ResNet50, int8',
  embedded: 'EfficientNet-Lite0',
  plainEmbedded: 'EfficientNet-Lite0, plain .onnx',
  int8Embedded: 'EfficientNet-Lite0, int8',
} as const;

/** Programs that are parts of a cold start. */
export const partNames = { node: 'Node.js', requests: 'the SDK and three requests' } as const;

/** The network that the invocations of a task run. */
export function networkOf(task: Task): string | undefined {
  if (task === 'embedded') return networkNames.embedded;
  return task === 'keras' || task === 'torchvision' ? networkNames.resnet : undefined;
}

export function findResult(
  results: readonly Result[],
  task: Task,
  by: string,
  picture?: PictureName,
): Result | undefined {
  return results.find((result) => result.task === task && result.by === by && result.picture === picture);
}

/** CPU ms of a task's network by itself: of opening it and its first image, and of each further image. */
export function networkAlone(
  results: readonly Result[],
  task: Task,
): { readonly coldMs: number; readonly warmMs: number } | undefined {
  const name = networkOf(task);
  const found = name && findResult(results, 'network', name);
  return found ? { coldMs: found.firstMs + found.secondMs, warmMs: found.warmMs } : undefined;
}
