/** A network alone, opened as the function does or in the plain way. The first run opens it, each later one runs it. */
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { type Network, openNetwork } from '../../functions/classify/network/network.ts';

type Opened = Pick<Network, 'run' | 'inputNames' | 'outputNames'>;

function open(path: string): Promise<Opened> {
  return process.env.OPENED_AS === 'ours'
    ? openNetwork(path, 1)
    : InferenceSession.create(path, { intraOpNumThreads: 1 });
}

const picture = Float32Array.from({ length: 3 * 224 * 224 }, (_, i) => 100 * Math.sin(i / 50));
let network: Opened | undefined;

export async function run() {
  if (network) {
    const { inputNames, outputNames } = network;
    const feeds = { [inputNames[0]!]: new Tensor('float32', picture, [1, 3, 224, 224]) };
    await network.run(feeds, [outputNames[0]!]);
  } else network = await open(process.env.MODEL!);
}
