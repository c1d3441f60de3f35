/** The price of quantisation: how often the int8 network gives other labels than the float32 one. */
import { type InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import type { Head } from '../../../functions/classify/network/head.ts';
import type { Tensor } from '../../../functions/classify/tensor/preprocess.ts';
import { loadNetwork } from '../onnx/optimise.ts';
import { UnusableModel } from '../unusable-model.ts';
import { type Agreement, type Pair, summarise } from './agreement.ts';

/** A network, and how its outputs become scores. */
export interface Judged {
  readonly input: { readonly name: string };
  readonly output: { readonly name: string };
  readonly head: Pick<Head, 'toScores' | 'classes'>;
}

/**
 * Runs both networks on the same images.
 *
 * @param paths The float32 network's file and that of the int8 network.
 * @throws UnusableModel if a score is not a finite number.
 */
export async function judge(
  paths: { readonly float: string; readonly int8: string },
  judged: Judged,
  images: AsyncIterable<Tensor>,
): Promise<Agreement> {
  const sessions: InferenceSession[] = [];
  try {
    for (const path of [paths.float, paths.int8]) {
      sessions.push(await loadNetwork(path, { graphOptimizationLevel: 'all' }));
    }
    const [float, int8] = sessions as [InferenceSession, InferenceSession];
    const pairs: Pair[] = [];
    for await (const image of images) {
      pairs.push(compare(await scores(float, judged, image), await scores(int8, judged, image)));
    }
    return summarise(pairs, judged.head.classes);
  } finally {
    for (const session of sessions) await session.release();
  }
}

async function scores(
  session: InferenceSession,
  { input, output, head }: Judged,
  { data, dims }: Tensor,
): Promise<Float32Array> {
  const feeds = { [input.name]: new OrtTensor('float32', data, dims) };
  const { [output.name]: result } = await session.run(feeds, [output.name]);
  const found = head.toScores(result!.data as Float32Array);
  if (found.every(Number.isFinite)) return found;
  throw new UnusableModel(
    'the network gives scores that are not finite numbers for a photo: see that the preprocessing is the one of its training',
  );
}

function compare(float: Float32Array, int8: Float32Array): Pair {
  const [expected, found] = [bestFive(float), bestFive(int8)];
  return {
    isSame: expected[0] === found[0],
    isSure: float[expected[0]!]! > 0.5,
    common: expected.filter((label) => found.includes(label)).length,
  };
}

/** The indices of the five best scores, best first; equal ones by their index, as the function orders them. */
function bestFive(scores: Float32Array): number[] {
  return [...scores.keys()].sort((a, b) => scores[b]! - scores[a]! || a - b).slice(0, 5);
}
