import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { type Network, openNetwork } from '../../../../functions/classify/network/network.ts';

const embedded = 'layers/model/efficientnet-lite0/efficientnet-lite0-fp16.onnx';
const picture = new Tensor(
  'float32',
  Float32Array.from({ length: 3 * 224 * 224 }, (_, i) => Math.sin(i / 50)),
  [1, 3, 224, 224],
);

async function scoresOf(network: Network) {
  const { probabilities } = await network.run({ input: picture }, ['probabilities']);
  return probabilities.data as Float32Array;
}
function differenceOf(a: Float32Array, b: Float32Array) {
  return Math.max(...a.map((x, i) => Math.abs(x - b[i])));
}

describe('a network', () => {
  const create = vi.spyOn(InferenceSession, 'create');
  const levels = () =>
    create.mock.calls.map(
      (args: readonly unknown[]) => (args[1] as InferenceSession.SessionOptions).graphOptimizationLevel,
    );
  afterEach(() => void create.mockClear());
  afterAll(() => create.mockRestore());

  it('is opened as stored, and optimised for the processor after four images', async () => {
    const network = await openNetwork(embedded, 1);

    for (let image = 1; image <= 4; image++) await scoresOf(network);
    expect(levels()).toEqual(['disabled']);
    for (let image = 5; image <= 12; image++) await scoresOf(network);
    expect(levels()).toEqual(['disabled', 'all']);
  });

  it('gives the same outputs before and after', async () => {
    const network = await openNetwork(embedded, 1);

    const before = await scoresOf(network);
    for (let image = 2; image <= 5; image++) await scoresOf(network);
    const after = await scoresOf(network);

    expect(levels()).toEqual(['disabled', 'all']);
    expect(differenceOf(before, after)).toBeLessThan(1e-5);
    expect(Math.max(...after)).toBeGreaterThan(0.01);
  });

  it('answers simultaneous calls', async () => {
    const network = await openNetwork(embedded, 1);

    const all = await Promise.all(Array.from({ length: 7 }, () => scoresOf(network)));

    for (const scores of all) expect(differenceOf(scores, all[0])).toBeLessThan(1e-5);
  });

  it('continues as stored if it cannot be optimised', async () => {
    const network = await openNetwork(embedded, 1);
    const before = await scoresOf(network);
    create.mockRejectedValueOnce(new Error('std::bad_alloc'));

    for (let image = 2; image <= 6; image++) {
      expect(differenceOf(before, await scoresOf(network))).toBe(0);
    }
    expect(levels()).toEqual(['disabled', 'all', 'disabled']);
  });

  it('accepts the next image after one that failed', async () => {
    const network = await openNetwork(embedded, 1);
    const wrong = new Tensor('float32', new Float32Array(3), [1, 3, 1, 1]);

    await expect(network.run({ nothing: wrong }, ['probabilities'])).rejects.toThrow();

    expect(await scoresOf(network)).toHaveLength(1000);
  });
});
