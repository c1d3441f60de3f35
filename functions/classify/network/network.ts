/**
 * The network as the function runs it: opened as it is stored, which takes little time and memory, and after a few images
 * once more, arranged for this processor, which makes each further image cheaper. docs/performance.md has the figures.
 */
import type { InferenceSession } from 'onnxruntime-node';
import { openSession } from './session.ts';

export interface Network extends Pick<InferenceSession, 'inputNames' | 'outputNames' | 'outputMetadata'> {
  /** Runs it on a batch. One at a time: a second call waits for the first. */
  readonly run: (
    feeds: InferenceSession.FeedsType,
    outputs: readonly string[],
  ) => Promise<InferenceSession.ReturnType>;
}

/**
 * Opens a network.
 *
 * @param threads How many processors a run may use.
 * @throws Error with ONNX Runtime's reason.
 */
export async function openNetwork(path: string, threads: number): Promise<Network> {
  const open = (graphOptimizationLevel: 'disabled' | 'all') =>
    openSession(path, { intraOpNumThreads: threads, graphOptimizationLevel });
  const rearrange = async () => {
    // First, so that the weights are never in memory twice.
    await session.release();
    session = await open('all').catch(() => open('disabled'));
  };

  let session = await open('disabled');
  const { inputNames, outputNames, outputMetadata } = session;
  let runs = 0;
  let last: Promise<unknown> = Promise.resolve();
  const run: Network['run'] = (feeds, outputs) => {
    const results = last.then(async () => {
      if (runs++ === runsBeforeRearranging) await rearrange();
      return session.run(feeds, outputs);
    });
    last = results.catch(() => {});
    return results;
  };
  return { inputNames, outputNames, outputMetadata, run };
}

// Where it has cost a ResNet50 as much to go on as it costs to rearrange it.
const runsBeforeRearranging = 4;
