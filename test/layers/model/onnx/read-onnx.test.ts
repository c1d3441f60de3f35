import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runOnTestPictures } from '../../../../layers/model/check.ts';
import { supported } from '../../../../layers/model/onnx/adapt.ts';
import { loadNetwork } from '../../../../layers/model/onnx/optimise.ts';
import {
  encodeModel,
  external,
  float16,
  float32,
  float64,
  type GraphProto,
  type NodeProto,
  readModel,
  uint8,
} from '../../../../layers/model/onnx/proto.ts';
import { readOnnx } from '../../../../layers/model/onnx/read-onnx.ts';
import type { ReadingOptions } from '../../../../layers/model/source-network.ts';
import { temporaryFolder } from '../fixtures.ts';
import { node, value, writeMeans, writeNetwork } from './networks.ts';

const home = temporaryFolder();
const raw = {
  mode: { order: 'RGB', scale: 1, mean: [0, 0, 0], std: [1, 1, 1] },
  interpolation: 'nearest',
  policy: 'stretch',
  orientation: 'exif',
} as const;

function file(name: string): string {
  return join(home, name);
}

function read(path: string, options: Partial<ReadingOptions> = {}) {
  return readOnnx(path, { folder: mkdtempSync(join(home, 'scratch-')), ...options });
}

/** The scores for the test pictures, after whatever the file needed. */
async function scoresOf(path: string, options: Partial<ReadingOptions> = {}): Promise<number[][]> {
  const network = await read(path, options);
  const outputs = await runOnTestPictures(network.onnxPath, network, raw);
  return outputs.map((row) => [...row].map((score) => Number(score.toFixed(3))));
}

const softmax = node('Softmax', ['means'], 'scores', { axis: 1 });
const plain = writeMeans(file('plain.onnx'), [softmax]);
const expected = await scoresOf(plain);

/** The means as they come out of an image that is cast to another type and back. */
function cast(to: number): Pick<GraphProto, 'node' | 'input'> {
  const { node: nodes } = plainGraph;
  return {
    input: [value('images', ['batch', 3, 8, 8], to)],
    node: [
      node('Cast', ['images'], 'floats', { to: float32 }),
      ...nodes.map((user) => ({
        ...user,
        input: user.input.map((name) => (name === 'images' ? 'floats' : name)),
      })),
    ],
  };
}

const { graph: plainGraph } = await readModel(plain);

function write(name: string, more: Partial<GraphProto>): string {
  return writeNetwork(file(name), { ...plainGraph, ...more });
}

describe('readOnnx', () => {
  it('keeps the weights that only a branch of the network takes', async () => {
    const path = join(import.meta.dirname, '../fixtures/onnx/conditional.onnx');
    // As `scripts/make_conditional.py` says: the first logit is larger by 1.
    const shifted = expected.map(([first, ...rest]) => {
      const scores = [first! * Math.E, ...rest];
      const sum = scores.reduce((a, b) => a + b, 0);
      return scores.map((score) => score / sum);
    });

    const found = await scoresOf(path);

    for (const [i, scores] of found.entries()) {
      for (const [c, score] of scores.entries()) expect(score).toBeCloseTo(shifted[i]![c]!, 2);
    }
  });

  it('uses a network unchanged if it fits', async () => {
    expect(await read(plain)).toMatchObject({
      onnxPath: plain,
      input: { name: 'images', layout: 'NCHW', width: 8, height: 8 },
      output: { name: 'scores' },
      ending: { kind: 'softmax' },
      channels: 3,
      takesBytes: false,
    });
  });

  it.each<[string, string, Partial<ReadingOptions>]>([
    ['an input of bytes', write('uint8.onnx', cast(uint8)), {}],
    ['an input of half floats', write('half.onnx', cast(float16)), {}],
    ['an input of doubles', write('double.onnx', cast(float64)), {}],
    [
      'an output of half floats',
      write('half-scores.onnx', {
        node: [
          ...plainGraph.node.slice(0, -1),
          node('Softmax', ['means'], 's'),
          node('Cast', ['s'], 'scores', { to: float16 }),
        ],
        output: [value('scores', ['n', 3], float16)],
      }),
      {},
    ],
    [
      'batches of eight',
      write('eight.onnx', { input: [value('images', [8, 3, 8, 8])], output: [value('scores', [8, 3])] }),
      {},
    ],
    [
      'outputs for other purposes',
      write('two.onnx', {
        output: [value('pooled', ['n', 3, 1, 1]), value('images', ['n', 3, 8, 8]), value('scores', ['n', 3])],
      }),
      { output: 'scores' },
    ],
    [
      'a best class next to the scores',
      write('best.onnx', {
        node: [...plainGraph.node, node('ArgMax', ['scores'], 'best')],
        output: [value('best', ['n'], 7), value('scores', ['n', 3])],
      }),
      {},
    ],
    [
      'nothing but a best class, from the scores that the user names',
      write('argmax.onnx', {
        node: [...plainGraph.node, node('ArgMax', ['scores'], 'best')],
        output: [value('best', ['n'], 7)],
      }),
      { output: 'scores' },
    ],
    [
      'percentages, from the scores that the user names',
      write('percent.onnx', {
        node: [...plainGraph.node, node('Add', ['scores', 'scores'], 'twice')],
        output: [value('twice', ['n', 3])],
      }),
      { output: 'scores' },
    ],
  ])('runs a network with %s', async (_, path, options) => {
    const scores = await scoresOf(path, options);

    for (const [n, row] of expected.entries()) {
      for (const [i, score] of row.entries()) expect(scores[n]![i]).toBeCloseTo(score, 2);
    }
  });

  it('takes labels and scores from a map, as Custom Vision exports it', async () => {
    const strings = ['red', 'green', 'blue'].map((text) => new TextEncoder().encode(text));
    const zipMap: NodeProto = {
      ...node('ZipMap', ['scores'], 'loss'),
      domain: 'ai.onnx.ml',
      attribute: [{ name: 'classlabels_strings', type: 8, strings }],
    };
    const path = write('zip.onnx', {
      node: [...plainGraph.node, node('ArgMax', ['scores'], 'classLabel'), zipMap],
      output: [value('classLabel', ['n'], 7), { name: 'loss', type: {} }],
    });

    expect(await read(path)).toMatchObject({ labels: ['red', 'green', 'blue'], ending: { kind: 'softmax' } });
    expect(await scoresOf(path)).toEqual(expected);
  });

  it("takes the labels of a graph that looks up the best class's name, as Lobe exports it", async () => {
    const names = ['red', 'green', 'große Dogge'];
    const stringData = names.map((text) => new TextEncoder().encode(text));
    const path = write('lobe.onnx', {
      node: [
        ...plainGraph.node,
        node('ArgMax', ['scores'], 'best', { axis: 1, keepdims: 0 }),
        node('Gather', ['names', 'best'], 'Label'),
      ],
      initializer: [...plainGraph.initializer, { name: 'names', dims: [3], dataType: 8, stringData }],
      output: [...plainGraph.output, value('Label', ['n'], 8)],
    });

    expect(await read(path)).toMatchObject({ labels: names, output: { name: 'scores' } });
    expect(await scoresOf(path)).toEqual(expected);
  });

  it('says how to export a network again whose batch of eight is inside the graph too', async () => {
    const path = writeMeans(
      file('fixed.onnx'),
      [node('Reshape', ['means', 'eight'], 'r'), node('Softmax', ['r'], 'scores')],
      {
        input: [value('images', [8, 3, 8, 8])],
        output: [value('scores', [8, 3])],
        initializer: [
          { name: 'eight', dims: [2], dataType: 7, rawData: new Uint8Array(BigInt64Array.of(8n, 3n).buffer) },
        ],
      },
    );

    await expect(scoresOf(path)).rejects.toThrow(/cannot be run on a 1x3x8x8 input/);
  });

  describe('of a newer version', () => {
    const newer = (
      name: string,
      versions: { ir: number; opset: number },
      nodes: readonly NodeProto[] = [],
    ) => {
      writeFileSync(
        file(name),
        encodeModel({
          irVersion: versions.ir,
          opsetImport: [{ version: versions.opset }],
          graph: { ...plainGraph, node: [...plainGraph.node, ...nodes] },
        }),
      );
      return file(name);
    };

    it('lowers the versions if every operator means the same in the older one', async () => {
      expect(await scoresOf(newer('newer.onnx', { ir: 14, opset: 28 }))).toEqual(expected);
    });

    it('names the operator that has changed since', async () => {
      const path = newer('changed.onnx', { ir: 14, opset: 28 }, [node('OneHot', ['scores'], 'o')]);

      await expect(read(path)).rejects.toThrow(
        /changed.onnx uses opset 28, and its operator OneHot has changed since; supported is opset 26: export it again with an older opset/,
      );
    });

    it('refuses versions that it does not know', async () => {
      await expect(read(newer('unknown.onnx', { ir: 15, opset: 29 }))).rejects.toThrow(
        /uses opset 29; supported is opset 26: /,
      );
    });

    it('is what ONNX Runtime itself refuses, and nothing older', async () => {
      const { irVersion: ir, opset } = supported;
      const opens = (name: string, versions: { ir: number; opset: number }) =>
        loadNetwork(newer(name, versions), {}).then((session) => session.release());

      await expect(opens('newest.onnx', { ir, opset })).resolves.toBeUndefined();
      await expect(opens('ir.onnx', { ir: ir + 1, opset })).rejects.toThrow(/IR version/);
      await expect(opens('opset.onnx', { ir, opset: opset + 1 })).rejects.toThrow(/opset/i);
    });
  });

  describe('with weights in a file of their own', () => {
    const [hundredths] = plainGraph.initializer;
    const split = (name: string, location: string) => {
      const { rawData, ...rest } = hundredths!;
      const externalData = [
        { key: 'location', value: location },
        { key: 'length', value: String(rawData!.length) },
      ];
      return {
        path: write(name, {
          ...cast(uint8),
          initializer: [{ ...rest, dataLocation: external, externalData }],
        }),
        bytes: rawData!,
      };
    };

    it('takes them along', async () => {
      const { path, bytes } = split('split.onnx', 'weights/split.data');
      mkdirSync(file('weights'));
      writeFileSync(file('weights/split.data'), bytes);

      expect(await scoresOf(path)).toEqual(expected);
      expect(readFileSync(file('weights/split.data'))).toEqual(Buffer.from(bytes));
    });

    it.each([
      ['missing.data', /keeps its weights in missing.data, which is not in the same folder: put it there/],
      ['../elsewhere.data', /keeps its weights in ..\/elsewhere.data, outside of its own folder/],
      ['/etc/passwd', /outside of its own folder/],
    ])('refuses %s', async (location, message) => {
      await expect(read(split('lost.onnx', location).path)).rejects.toThrow(message);
    });
  });

  it('asks for the size if the network takes any', async () => {
    const path = write('any.onnx', { input: [value('images', ['n', 3, 'h', 'w'])] });

    await expect(read(path)).rejects.toThrow(
      `${path}: input 'images' takes any size; give the one to use with --size WxH`,
    );
    const { input } = await read(path, { size: { width: 320, height: 240 } });
    expect(input).toEqual({ name: 'images', layout: 'NCHW', width: 320, height: 240 });
  });

  it.each([
    { width: 100, height: 8 },
    { width: 8, height: 100 },
  ])('refuses another size than that of the network: %o', async (size) => {
    await expect(read(plain, { size })).rejects.toThrow(
      `${plain}: input 'images' is 8x8 pixels, not ${size.width}x${size.height}: leave out --size`,
    );
  });

  it('names the program that wrote it', async () => {
    const path = file('named.onnx');
    writeFileSync(path, encodeModel({ ...(await readModel(plain)), producerName: 'pytorch' }));

    expect(await read(path)).toMatchObject({ title: 'ONNX network of pytorch' });
    expect(await read(plain)).toMatchObject({ title: 'ONNX network' });
  });

  it('ignores the manifest of another network in its folder', async () => {
    cpSync('layers/model/efficientnet-lite0/model.json', file('model.json'));

    const network = await read(plain);
    rmSync(file('model.json'));

    expect(network).not.toHaveProperty('manifest');
    expect(network).not.toHaveProperty('labels');
  });
});
