import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { zipSync } from 'fflate';
import { describe, expect, it, vi } from 'vitest';
import { readKerasArchive } from '../../../../layers/model/keras/archive.ts';
import { openKerasFile } from '../../../../layers/model/keras/keras-file.ts';
import {
  layouts,
  temporaryFolder,
  tinyLayers,
  unpacked,
  unpackTo,
  writeHdf5,
  writeList,
  writeNamed,
  writeTensor,
} from '../fixtures.ts';

const folder = temporaryFolder();
const path = join(folder, 'some.h5');

describe('openKerasFile', () => {
  it.each(layouts)('finds the 107 layers of %s, and the configuration of a whole model', async (layout) => {
    writeFileSync(path, unpacked(`thin10/${layout}`));

    const { list, configJson, close } = await openKerasFile(path);
    const layers = list();
    await close();

    expect(layers).toHaveLength(107);
    const [convolution] = layers.filter(({ tensors }) => tensors.length === 2);
    expect(convolution!.tensors.map(({ shape }) => shape)).toEqual([[7, 7, 3, 4], [4]]);
    const isWholeModel = /model|\.keras$/.test(layout);
    expect(configJson !== undefined).toBe(isWholeModel);
  });

  it('reads names that HDF5 has stored in several attributes', async () => {
    const layers = tinyLayers();
    writeHdf5(path, (root) => {
      const names = layers.map(({ name }) => name);
      // More than ten parts, so that the alphabet would put the eleventh before the third.
      for (let part = 0; part < 12; part++)
        writeList(root, `layer_names${part}`, names.slice(part * 9, part * 9 + 9));
      for (const { name, tensors } of layers) {
        const group = root.create_group(name);
        writeList(
          group,
          'weight_names0',
          tensors.slice(0, 1).map((tensor) => tensor.name),
        );
        writeList(
          group,
          'weight_names1',
          tensors.slice(1).map((tensor) => tensor.name),
        );
        for (const tensor of tensors) writeTensor(group, tensor.name, tensor);
      }
    });

    const file = await openKerasFile(path);

    expect(file.list().map(({ name }) => name)).toEqual(layers.map(({ name }) => name));
    expect(file.list().map(({ tensors }) => tensors.length)).toEqual(
      layers.map(({ tensors }) => tensors.length),
    );
    await file.close();
  });

  it('takes the paths of the weights from the file, as of a model built twice in a session', async () => {
    writeHdf5(path, (root) => {
      writeList(root, 'layer_names', ['conv1_conv']);
      const group = root.create_group('conv1_conv');
      writeList(group, 'weight_names', ['conv1_conv_1/kernel:0']);
      group.create_group('conv1_conv_1');
      writeTensor(group, 'conv1_conv_1/kernel:0', { name: '', shape: [2], values: new Float32Array([1, 2]) });
    });

    const { list, close } = await openKerasFile(path);
    const layers = list();

    expect(layers.map(({ name }) => name)).toEqual(['conv1_conv']);
    expect(layers[0]!.tensors[0]!.read()).toEqual(new Float32Array([1, 2]));
    await close();
  });

  it('follows a model within a model, and numbers before the alphabet', async () => {
    writeHdf5(path, (root) => {
      const inner = root.create_group('layers').create_group('functional').create_group('layers');
      for (const name of ['dense_10', 'dense_2', 'dense']) {
        const vars = inner.create_group(name).create_group('vars');
        writeTensor(vars, '0', { name: '', shape: [1], values: new Float32Array(1) });
      }
    });

    const { list, close } = await openKerasFile(path);
    const layers = list();

    expect(layers.map(({ name }) => name)).toEqual(['dense', 'dense_2', 'dense_10']);
    await close();
  });

  it('reads what was saved in double precision', async () => {
    const values = new Float64Array([0.1, 1 / 3]);
    writeNamed(path, [{ name: 'dense', tensors: [{ name: 'bias:0', shape: [2], values }] }]);

    const { list, close } = await openKerasFile(path);
    const layers = list();

    expect(layers[0]!.tensors[0]!.read()).toEqual(Float32Array.from(values));
    await close();
  });

  it('refuses an HDF5 file that is not one of Keras', async () => {
    writeHdf5(path, (root) => root.create_group('images'));

    await expect(openKerasFile(path)).rejects.toThrow(
      `${path} is an HDF5 file, but not one of Keras': it has neither the attribute 'layer_names' nor a group 'model_weights' or 'layers'`,
    );
  });

  it('names the weight that is listed but not there, whichever it is', async () => {
    const layers = tinyLayers();
    const all = layers.flatMap(({ name, tensors }) =>
      tensors.map((tensor) => ({ layer: name, tensor: tensor.name })),
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...all), async ({ layer, tensor }) => {
        writeHdf5(path, (root) => {
          writeList(
            root,
            'layer_names',
            layers.map(({ name }) => name),
          );
          for (const { name, tensors } of layers) {
            const group = root.create_group(name);
            writeList(
              group,
              'weight_names',
              tensors.map((each) => each.name),
            );
            for (const each of tensors) {
              if (name !== layer || each.name !== tensor) writeTensor(group, each.name, each);
            }
          }
        });
        const file = await openKerasFile(path);
        expect(file.list).toThrow(
          `/${layer}/${tensor} is missing: the file lists this weight but does not hold it`,
        );
        await file.close();
      }),
      { numRuns: 10 },
    );
  });

  it('refuses groups within groups without end', async () => {
    writeHdf5(path, (root) => {
      let group = root;
      for (let depth = 0; depth < 20; depth++) group = group.create_group('layers').create_group('model');
    });

    const file = await openKerasFile(path);

    expect(file.list).toThrow(/groups are nested more than 16 deep/);
    await file.close();
  });

  it('refuses a weight that would fill the memory, before it is read', async () => {
    writeHdf5(path, (root) => {
      const vars = root.create_group('layers').create_group('dense').create_group('vars');
      vars
        .create_dataset({
          name: '0',
          data: new Float32Array(1),
          shape: [1],
          maxshape: [null],
          chunks: [1000],
        })
        .resize([130_000_000]);
    });

    const { list, close } = await openKerasFile(path);
    const layers = list();

    expect(() => layers[0]!.tensors[0]!.read()).toThrow(
      '/layers/dense/vars/0 has 130000000 values; a weight of at most 500 MB was expected',
    );
    await close();
  });

  it('leaves nothing behind of a .keras file whose weights are none', async () => {
    const temporary = join(folder, 'temporary');
    mkdirSync(temporary);
    for (const name of ['TMPDIR', 'TEMP', 'TMP']) vi.stubEnv(name, temporary);
    const { configJson } = await readKerasArchive(unpackTo(folder, 'thin10/resnet50_thin10.keras'));
    const zip = zipSync({
      'config.json': Buffer.from(configJson),
      'model.weights.h5': Buffer.from('weights'),
    });
    writeFileSync(path, zip);

    await expect(openKerasFile(path)).rejects.toThrow(`${path} is not a readable HDF5 file`);

    vi.unstubAllEnvs();
    expect(readdirSync(temporary)).toEqual([]);
  });

  it('names the layer that is listed but not there', async () => {
    writeHdf5(path, (root) => writeList(root, 'layer_names', ['conv1_conv']));

    const { list, close } = await openKerasFile(path);

    expect(list).toThrow("layer 'conv1_conv' is listed in 'layer_names' but missing");
    await close();
  });

  it('refuses weights that are not floating-point numbers when they are read', async () => {
    const tensors = [
      { name: 'kernel:0', shape: [1], values: new Int32Array(1) },
      { name: 'bias:0', shape: [1], values: new Float32Array(1) },
    ];
    writeNamed(path, [{ name: 'dense', tensors }]);

    const { list, close } = await openKerasFile(path);
    const layers = list();

    expect(() => layers[0]!.tensors[0]!.read()).toThrow('/dense/dense/kernel:0 holds "<i"; expected float32');
    await close();
  });
});
