import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Tensor as OrtTensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { quantise } from '../../../../layers/model/int8/quantise.ts';
import { greatestWeight, peakScales, roundKernel } from '../../../../layers/model/int8/rounding.ts';
import { createDataFile } from '../../../../layers/model/onnx/data-file.ts';
import { loadNetwork, optimise } from '../../../../layers/model/onnx/optimise.ts';
import { encodeModel, float32, readModel } from '../../../../layers/model/onnx/proto.ts';
import { temporaryFolder } from '../fixtures.ts';
import { node, tensor, value, writeNetwork } from '../onnx/networks.ts';
import { fixtures, images, network } from './network.ts';

const home = temporaryFolder();
const calibration = { input: 'input', images: images() };

function emptyFolder(): string {
  return mkdtempSync(join(home, 'quantise-'));
}

/** The operators of a network as it is stored. */
async function storedOperators(path: string): Promise<string[]> {
  const folder = emptyFolder();
  await optimise(path, join(folder, 'stored.onnx'), join(folder, 'stored.bin'));
  return (await readModel(join(folder, 'stored.onnx'))).graph.node.map(({ opType }) => opType);
}

async function outputsOf(path: string, output = 'scores'): Promise<Float32Array[]> {
  const session = await loadNetwork(path, { graphOptimizationLevel: 'all' });
  const outputs: Float32Array[] = [];
  for (const { data, dims } of calibration.images) {
    const results = await session.run({ input: new OrtTensor('float32', data, dims) });
    outputs.push(results[output]!.data as Float32Array);
  }
  await session.release();
  return outputs;
}

function greatestDifference(a: readonly Float32Array[], b: readonly Float32Array[]): number {
  return Math.max(...a.flatMap((values, n) => [...values].map((value, i) => Math.abs(value - b[n]![i]!))));
}

describe('quantise', () => {
  it('makes ONNX Runtime compute every layer but the first with integers', async () => {
    const operators = await storedOperators(await quantise(network, calibration, emptyFolder()));

    expect(operators).toEqual([
      'Conv',
      'QuantizeLinear',
      'MaxPool',
      'QLinearConv',
      'QLinearConv',
      'QLinearConv',
      'QLinearAdd',
      'QLinearGlobalAveragePool',
      'Flatten',
      'QGemm',
      'Softmax',
    ]);
  });

  it('keeps the scores close to those of float32', async () => {
    const quantised = await quantise(network, calibration, emptyFolder());

    expect(greatestDifference(await outputsOf(quantised), await outputsOf(network))).toBeLessThan(0.01);
  });

  it('gives the same file for the same images', async () => {
    const [first, second] = [emptyFolder(), emptyFolder()];

    expect(readFileSync(await quantise(network, calibration, first))).toEqual(
      readFileSync(await quantise(network, calibration, second)),
    );
  });

  it('gives the same file whether weights lie in the network or in a file next to it', async () => {
    const model = await readModel(network);
    const data = createDataFile(join(home, 'weights.bin'));
    for (const tensor of model.graph.initializer) {
      const { name, dims, dataType, rawData } = tensor;
      if (dataType !== float32 || rawData!.length === 0) continue;
      const values = new Float32Array(new Uint8Array(rawData!).buffer);
      Object.assign(tensor, { rawData: undefined, ...data.append(name, dims, values) });
    }
    data.close();
    const path = join(home, 'external.onnx');
    writeFileSync(path, encodeModel(model));

    expect(readFileSync(await quantise(path, calibration, emptyFolder()))).toEqual(
      readFileSync(await quantise(network, calibration, emptyFolder())),
    );
  });

  it('never uses weights that saturate on processors without VNNI, but in depthwise convolutions', async () => {
    const model = await readModel(await quantise(network, calibration, emptyFolder()));

    const weights = model.graph.initializer.filter(({ name }) => name.endsWith('__weights__integers'));
    const greatest = Object.fromEntries(
      weights.map(({ name, rawData }) => [
        name.split('__')[0],
        Math.max(...Array.from(new Int8Array(rawData!), Math.abs)),
      ]),
    );
    expect(greatest).toEqual({ expand: 64, depthwise: 127, project: 64, logits: 64 });
  });

  it.each([9, 12])('quantises a network of opset %i, which has no scales for channels', async (opset) => {
    const path = writeNetwork(join(home, `opset${opset}.onnx`), convolutions(), opset);

    const quantised = await quantise(path, calibration, emptyFolder());

    expect(await storedOperators(quantised)).toContain('QLinearConv');
    expect(greatestDifference(await outputsOf(quantised), await outputsOf(path))).toBeLessThan(0.05);
  });

  it('rounds the image itself for a network that begins with a matrix product', async () => {
    const path = writeNetwork(join(home, 'products.onnx'), products());

    const quantised = await quantise(path, calibration, emptyFolder());

    expect(await storedOperators(quantised)).toEqual(expect.arrayContaining(['QuantizeLinear', 'QGemm']));
    expect(greatestDifference(await outputsOf(quantised), await outputsOf(path))).toBeLessThan(0.05);
  });

  it('rounds weights one by one in a layer of more than 4,096 inputs', async () => {
    const kernel = { dims: [17 * 16 * 16, 2], values: Float32Array.from(signs(17 * 16 * 16 * 2)) };
    const path = writeNetwork(join(home, 'many-inputs.onnx'), {
      node: [
        node('Conv', ['input', 'first'], 'grown'),
        node('Flatten', ['grown'], 'flat'),
        node('Gemm', ['flat', 'second'], 'scores'),
      ],
      initializer: [
        tensor('first', [17, 3, 1, 1], signs(51)),
        tensor('second', kernel.dims, [...kernel.values]),
      ],
      input: [value('input', ['batch', 3, 16, 16])],
      output: [value('scores', ['batch', 2])],
    });

    const { graph } = await readModel(await quantise(path, calibration, emptyFolder()));

    const { rawData } = graph.initializer.find(({ name }) => name === 'scores__weights__integers')!;
    const nearest = roundKernel(kernel, 1, peakScales(kernel, 1, greatestWeight), greatestWeight);
    expect([...new Int8Array(rawData!)]).toEqual([...nearest.integers]);
  });

  it('rounds whichever output of an operator a layer takes', async () => {
    const path = writeNetwork(join(home, 'split.onnx'), {
      node: [
        node('Conv', ['input', 'first'], 'grown'),
        node('Split', ['grown'], 'left', { axis: 1 }),
        node('Conv', ['right', 'second'], 'turned'),
        node('Concat', ['left', 'turned'], 'joined', { axis: 1 }),
        node('GlobalAveragePool', ['joined'], 'pooled'),
        node('Flatten', ['pooled'], 'scores'),
      ].map((one) => (one.opType === 'Split' ? { ...one, output: ['left', 'right'] } : one)),
      initializer: [tensor('first', [4, 3, 1, 1], signs(12)), tensor('second', [2, 2, 1, 1], signs(4))],
      input: [value('input', ['batch', 3, 16, 16])],
      output: [value('scores', ['batch', 4])],
    });

    const quantised = await quantise(path, calibration, emptyFolder());

    expect(await storedOperators(quantised)).toContain('QLinearConv');
    expect(greatestDifference(await outputsOf(quantised), await outputsOf(path))).toBeLessThan(0.05);
  });

  it.each([
    ['second', [1, Number.NaN, 1, 1], [1, 1]],
    ['bias', [1, 1, 1, 1], [1, Number.NaN]],
  ])('refuses weights that are not finite numbers, as of the %s', async (name, second, bias) => {
    const path = writeNetwork(join(home, 'nan.onnx'), {
      node: [
        node('Conv', ['input', 'first'], 'grown'),
        node('Conv', ['grown', 'second', 'bias'], 'turned'),
        node('GlobalAveragePool', ['turned'], 'pooled'),
        node('Flatten', ['pooled'], 'scores'),
      ],
      initializer: [
        tensor('first', [2, 3, 1, 1], Array(6).fill(1)),
        tensor('second', [2, 2, 1, 1], second),
        tensor('bias', [2], bias),
      ],
      input: [value('input', ['batch', 3, 16, 16])],
      output: [value('scores', ['batch', 2])],
    });

    await expect(quantise(path, calibration, emptyFolder())).rejects.toThrow(
      `'${name}' holds weights that are not finite numbers`,
    );
  });

  it('refuses photos that lead to numbers that are not finite', async () => {
    const path = writeNetwork(join(home, 'products.onnx'), products());
    const [first, ...others] = calibration.images;
    const broken = { ...first!, data: new Float32Array(first!.data.length).fill(Number.POSITIVE_INFINITY) };

    await expect(
      quantise(path, { ...calibration, images: [...others, broken] }, emptyFolder()),
    ).rejects.toThrow(/^the network computes numbers that are not finite from the photos \(at '\w+'\)/);
  });

  it('refuses a network with a branch', async () => {
    const model = await readModel(join(fixtures, '../onnx/conditional.onnx'));
    const { node: nodes, initializer } = model.graph;
    // ONNX Runtime follows a constant condition itself.
    const condition = [
      node('ReduceMax', ['means'], 'most', { keepdims: 0 }),
      node('Cast', ['most'], 'yes', { to: 9 }),
    ];
    Object.assign(model.graph, {
      node: nodes.flatMap((one) => (one.opType === 'If' ? [...condition, one] : [one])),
      initializer: initializer.filter(({ name }) => name !== 'yes'),
    });
    const path = join(home, 'branch.onnx');
    writeFileSync(path, encodeModel(model));

    await expect(quantise(path, calibration, emptyFolder())).rejects.toThrow(
      'the network has branches or loops (If, Loop, Scan), which --precision int8 cannot follow: use --precision fp16',
    );
  });

  it('refuses a network in which nothing can compute with integers', async () => {
    const path = writeNetwork(join(home, 'pooling.onnx'), {
      node: [node('GlobalAveragePool', ['input'], 'pooled'), node('Flatten', ['pooled'], 'scores')],
      initializer: [],
      input: [value('input', ['batch', 3, 16, 16])],
      output: [value('scores', ['batch', 3])],
    });

    await expect(quantise(path, calibration, emptyFolder())).rejects.toThrow(
      /no convolution after its first one, and no matrix product .*: use --precision fp16/,
    );
  });
});

function signs(count: number): number[] {
  return Array.from({ length: count }, (_, i) => Math.sin(i * 1.7) / 3);
}

/** Two convolutions in groups, with a plain activation, and the means of the result. */
function convolutions() {
  return {
    node: [
      node('Conv', ['input', 'first'], 'grown'),
      node('Relu', ['grown'], 'positive'),
      node('Conv', ['positive', 'second'], 'grouped', { group: 2 }),
      node('GlobalAveragePool', ['grouped'], 'pooled'),
      node('Flatten', ['pooled'], 'scores'),
    ],
    initializer: [tensor('first', [4, 3, 1, 1], signs(12)), tensor('second', [6, 2, 1, 1], signs(12))],
    input: [value('input', ['batch', 3, 16, 16])],
    output: [value('scores', ['batch', 6])],
  };
}

/** Two matrix products over the pixels' means, one written as a product and one with everything in one node. */
function products() {
  return {
    node: [
      node('AveragePool', ['input'], 'small', { kernel_shape: [8, 8], strides: [8, 8] }),
      node('Flatten', ['small'], 'flat'),
      node('Gemm', ['flat', 'first'], 'hidden'),
      node('Relu', ['hidden'], 'positive'),
      node('MatMul', ['positive', 'second'], 'scores'),
    ],
    initializer: [tensor('first', [12, 8], signs(96)), tensor('second', [8, 3], signs(24))],
    input: [value('input', ['batch', 3, 16, 16])],
    output: [value('scores', ['batch', 3])],
  };
}
