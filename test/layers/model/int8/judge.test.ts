import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createHead } from '../../../../functions/classify/network/head.ts';
import type { Tensor } from '../../../../functions/classify/tensor/preprocess.ts';
import { judge } from '../../../../layers/model/int8/judge.ts';
import type { NodeProto } from '../../../../layers/model/onnx/proto.ts';
import { temporaryFolder } from '../fixtures.ts';
import { node, writeMeans } from '../onnx/networks.ts';

const folder = temporaryFolder();

/** A network from the means of an image's channels, divided by 100, to scores. */
function means(name: string, ...nodes: NodeProto[]): string {
  return writeMeans(join(folder, `${name}.onnx`), nodes);
}

async function* images(...colours: [number, number, number][]): AsyncGenerator<Tensor> {
  for (const colour of colours) {
    const data = new Float32Array(3 * 64).map((_, i) => colour[Math.floor(i / 64)]!);
    yield { data, dims: [1, 3, 8, 8] };
  }
}

function judged(float: string, int8: string, photos: AsyncIterable<Tensor>) {
  const head = createHead({ activation: 'none', apply: 'softmax' }, 3);
  return judge({ float, int8 }, { input: { name: 'images' }, output: { name: 'scores' }, head }, photos);
}

const same = means('same', node('Identity', ['means'], 'scores'));

describe('judge', () => {
  it('counts the photos on which both networks give the same first label', async () => {
    const opposite = means('opposite', node('Neg', ['means'], 'scores'));

    const agreement = await judged(same, opposite, images([100, 0, 0], [0, 0, 0]));

    expect(agreement.all).toEqual({ photos: 2, same: 1 });
  });

  it('refuses scores that are not numbers, which have no order', async () => {
    const logarithm = means('logarithm', node('Log', ['means'], 'scores'));

    await expect(judged(same, logarithm, images([1, 2, 3], [-1, 2, 3]))).rejects.toThrow(
      'the network gives scores that are not finite numbers for a photo',
    );
  });
});
