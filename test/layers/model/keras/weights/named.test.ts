/** Weights in the layout of Keras 1 and 2, whose names are not always those of today. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openHdf5 } from '../../../../../layers/model/keras/hdf5.ts';
import { namedWeights } from '../../../../../layers/model/keras/weights/named.ts';
import { takeWeights } from '../../../../../layers/model/keras/weights/weight-store.ts';
import { temporaryFolder, writeHdf5, writeList, writeTensor } from '../../fixtures.ts';

const folder = temporaryFolder();
let files = 0;

/** The layers' weights by their names, each a vector of two values, the first of them its place in the list. */
async function storeOf(layers: Readonly<Record<string, readonly string[] | undefined>>) {
  const path = writeHdf5(join(folder, `${files++}.h5`), (root) => {
    for (const [layer, names] of Object.entries(layers)) {
      const group = root.create_group(layer);
      if (!names) continue;
      writeList(group, 'weight_names', names);
      for (const [i, name] of names.entries()) {
        makeGroups(group, name);
        writeTensor(group, name, { name, shape: [2], values: Float32Array.of(i, 0) });
      }
    }
  });
  const { root } = await openHdf5(path, path);
  return namedWeights(root);
}

function makeGroups(group: Parameters<typeof writeList>[0], name: string): void {
  const parents = name.split('/').slice(0, -1);
  for (const i of parents.keys()) {
    const parent = parents.slice(0, i + 1).join('/');
    if (!group.get(parent)) group.create_group(parent);
  }
}

const conv = { name: 'conv', className: 'Conv2D' };
const vectors = { kernel: [2], bias: [2] };

describe('the weights of a layer', () => {
  it.each([
    ['in the order in which they were created', ['conv/kernel:0', 'conv/bias:0'], [0, 1]],
    ['in another order', ['conv/bias:0', 'conv/kernel:0'], [1, 0]],
    ['by the names of Keras 1', ['conv_W', 'conv_b'], [0, 1]],
  ])('are found %s', async (_, names, places) => {
    const { kernel, bias } = takeWeights((await storeOf({ conv: names })).layer(conv, []), vectors, 'conv');

    expect([kernel.read()[0], bias.read()[0]]).toEqual(places);
  });

  it.each<[string, readonly string[] | undefined, string]>([
    ['no list of them', undefined, 'conv: the file has 0 weights for it; expected kernel, bias'],
    ['one too few', ['conv/kernel:0'], 'conv: the file has 1 weights for it; expected kernel, bias'],
    [
      'another name',
      ['conv/kernel:0', 'conv/offset:0'],
      'conv: the file has 2 weights for it; expected kernel, bias',
    ],
    [
      'a name without an older form',
      ['conv/kernel:0', 'conv/slope:0'],
      'conv: the file has 2 weights for it; expected kernel, alpha',
    ],
  ])('are refused with %s', async (_, names, message) => {
    const layer = (await storeOf({ conv: names })).layer(conv, []);
    const shapes = message.endsWith('alpha') ? { kernel: [2], alpha: [2] } : vectors;

    expect(() => takeWeights(layer, shapes, 'conv')).toThrow(message);
  });

  it('are refused of a layer that the file does not have', async () => {
    const layer = (await storeOf({})).layer(conv, []);

    expect(() => takeWeights(layer, vectors, 'conv')).toThrow('conv: the file has 0 weights for it');
  });
});

describe('the weights of layers with one name in several nested models', () => {
  const names = ['a/conv/kernel:0', 'a/conv/bias:0', 'b/conv/kernel:0', 'b/conv/bias:0'];
  const model = (name: string) => ({ name, className: 'Functional' });

  it('are those of the model that is nearest', async () => {
    const tensors = ['b/conv/kernel:0', 'b/conv/bias:0', 'b/inner/conv/kernel:0', 'b/inner/conv/bias:0'];
    const layer = (await storeOf({ b: tensors })).layer(model('b'), []).layer(conv, []);
    const { kernel, bias } = takeWeights(layer, vectors, 'conv');

    expect([kernel.read()[0], bias.read()[0]]).toEqual([0, 1]);
  });

  it('are those of the model that is named too', async () => {
    const outer = (await storeOf({ outer: names })).layer(model('outer'), []);
    const { kernel, bias } = takeWeights(outer.layer(model('b'), []).layer(conv, []), vectors, 'conv');

    expect([kernel.read()[0], bias.read()[0]]).toEqual([2, 3]);
  });

  it('are refused where the names do not tell', async () => {
    const outer = (await storeOf({ outer: names })).layer(model('outer'), []);

    expect(() => outer.layer(conv, [])).toThrow(
      "the weights of layer 'outer/conv' cannot be told apart from those of another layer of that name; save the model with model.save('x.keras')",
    );
  });
});
