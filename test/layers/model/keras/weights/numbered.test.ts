/** Weights in the layout of Keras 3, and of TensorFlow 2.12, which called its group otherwise. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openHdf5 } from '../../../../../layers/model/keras/hdf5.ts';
import { listNumbered } from '../../../../../layers/model/keras/weights/listing.ts';
import { numberedWeights } from '../../../../../layers/model/keras/weights/numbered.ts';
import { temporaryFolder, writeHdf5, writeTensor } from '../../fixtures.ts';

const folder = temporaryFolder();
const dense = { name: 'dense', className: 'Dense' };
let files = 0;
const bias = { name: '', shape: [2], values: Float32Array.of(1, 2) };

async function open(home: string) {
  const path = writeHdf5(join(folder, `${files++}.h5`), (root) => {
    const layers = root.create_group(home);
    writeTensor(layers.create_group('dense').create_group('vars'), '0', bias);
    // Not a layer.
    writeTensor(layers, 'note', bias);
  });
  return (await openHdf5(path, path)).root;
}

describe('numbered weights', () => {
  it.each(['layers', '_layer_checkpoint_dependencies'])('are found in the group %s', async (home) => {
    const layer = numberedWeights(await open(home)).layer(dense, [dense]);

    expect(layer.own(['bias'])![0]!.read()).toEqual(Float32Array.of(1, 2));
    expect(layer.own(['kernel', 'bias'])).toBeUndefined();
  });

  it('are listed by their groups, without the tensors between them', async () => {
    const root = await open('layers');
    const layers = root.get('layers') as typeof root;

    expect(listNumbered(layers).map(({ name, isNamed }) => [name, isNamed])).toEqual([['dense', false]]);
  });
});
