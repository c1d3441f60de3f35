/**
 * Runs a network. It is first opened as stored, which takes little time and memory, and after a few images again with all
 * optimisations for this processor, which makes further images cheaper. docs/measurements/bench.md has the figures.
 */
import type { InferenceSession } from 'onnxruntime-node';
import { openSession } from './session.ts';

export interface Network extends Pick<InferenceSession, 'inputNames' | 'outputNames' | 'outputMetadata'> {
  /** Runs the network on a batch. Runs one batch at a time: a second call waits for the first. */
  readonly run: (
    feeds: InferenceSession.FeedsType,
    outputs: readonly string[],
  ) => Promise<InferenceSession.ReturnType>;
}

/**
 * Opens a network.
 *
 * @param threads The number of processors that a run may use.
 * @throws Error with ONNX Runtime's reason.
 */
export async function openNetwork(path: string, threads: number): Promise<Network> {
  const open = (graphOptimizationLevel: 'disabled' | 'all') =>
    openSession(path, { intraOpNumThreads: threads, graphOptimizationLevel });
  const reopenOptimised = async () => {
    // Released first, so that the weights are never in memory twice.
    await session.release();
    session = await open('all').catch(() => open('disabled'));
  };

  let session = await open('disabled');
  const { inputNames, outputNames, outputMetadata } = session;
  let runs = 0;
  let last: Promise<unknown> = Promise.resolve();
  const run: Network['run'] = (feeds, outputs) => {
    const results = last.then(async () => {
      if (runs++ === runsBeforeOptimising) await reopenOptimised();
      return session.run(feeds, outputs);
    });
    last = results.catch(() => {});
    return results;
  };
  return { inputNames, outputNames, outputMetadata, run };
}

// The break-even point of a ResNet50: by then the slower runs have cost as much as optimising it.
const runsBeforeOptimising = 4;
