/** Runs a float32 network and quantised ones on the same images: agreement, and CPU time in alternation. */
import { Tensor as OrtTensor } from 'onnxruntime-node';
import { openSession } from '../../../functions/classify/network/session.ts';
import type { Tensor } from '../../../functions/classify/tensor/preprocess.ts';
import type { Agreement } from '../../../layers/model/int8/agreement.ts';
import { type Judged, judge } from '../../../layers/model/int8/judge.ts';
import { median } from './table.ts';

export interface Comparison {
  readonly tool: string;
  readonly agreement: Agreement;
  /** CPU time of an inference as a fraction of float32's. */
  readonly time: number;
}

const rounds = 15;
const runsPerRound = 3;

/** @param paths The quantised networks by the name of the tool that made them. */
export async function compare(
  float: string,
  paths: Readonly<Record<string, string>>,
  judged: Judged,
  images: readonly Tensor[],
): Promise<Comparison[]> {
  const times = await measure([float, ...Object.values(paths)], judged, images[0]!);
  const comparisons: Comparison[] = [];
  for (const [i, [tool, int8]] of Object.entries(paths).entries()) {
    const agreement = await judge({ float, int8 }, judged, each(images));
    comparisons.push({ tool, agreement, time: times[i + 1]! / times[0]! });
  }
  return comparisons;
}

async function* each(images: readonly Tensor[]): AsyncGenerator<Tensor> {
  yield* images;
}

/** Measures one network after the other in each round. @returns The median CPU time of each. */
async function measure(
  paths: readonly string[],
  { input }: Judged,
  { data, dims }: Tensor,
): Promise<number[]> {
  const feeds = { [input.name]: new OrtTensor('float32', data, dims) };
  const options = { graphOptimizationLevel: 'all', intraOpNumThreads: 1, interOpNumThreads: 1 } as const;
  const sessions = await Promise.all(paths.map((path) => openSession(path, options)));
  const times: number[][] = paths.map(() => []);
  // The first round warms up.
  for (let round = 0; round <= rounds; round++) {
    for (const [i, session] of sessions.entries()) {
      const before = process.cpuUsage();
      for (let run = 0; run < runsPerRound; run++) await session.run(feeds);
      const { user, system } = process.cpuUsage(before);
      if (round > 0) times[i]!.push(user + system);
    }
  }
  for (const session of sessions) await session.release();
  return times.map(median);
}
