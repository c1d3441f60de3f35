/**
 * Makes a ResNet50 with random weights, which costs the same time and memory as a trained one: as a plain .onnx file with its
 * weights inside, and as a model folder.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { buildModel } from '../../layers/model/build-model.ts';
import { resnetGraph, type Unit, unitsOf, variants } from '../../layers/model/keras/applications/resnet.ts';
import { convertModel, type KerasModel } from '../../layers/model/keras/convert-keras.ts';
import type { StoredTensor } from '../../layers/model/keras/hdf5.ts';
import { listedWeights } from '../../layers/model/keras/weights/listed.ts';
import { encodeModel, readModel } from '../../layers/model/onnx/proto.ts';
import { randomFrom } from '../../test/support/random.ts';
import type { BenchNetwork } from './bench-network.ts';

/** Makes both below `parent`, unless they exist. */
export async function makeRandomResnet(parent: string): Promise<BenchNetwork> {
  const home = join(parent, 'resnet50');
  const folder = join(home, 'model');
  const made = { plain: join(home, 'plain.onnx'), folder, stored: join(folder, 'resnet50.onnx') };
  if (existsSync(home)) return made;
  await mkdir(parent, { recursive: true });
  const scratch = await mkdtemp(join(parent, '.building-'));
  try {
    const { onnxPath: exported } = convertModel(randomResnet(), { folder: scratch });
    await writePlain(exported, join(scratch, 'plain.onnx'));
    await buildModel(
      {
        name: 'resnet50',
        source: { path: exported, origin: 'random numbers' },
        labels: labelsPath,
        precision: 'fp32',
        preprocessing: { mode: 'caffe', interpolation: 'nearest', policy: 'stretch' },
      },
      join(scratch, 'model'),
    );
    await rename(scratch, home);
    return made;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

const classes = 1000;
const labelsPath = join(import.meta.dirname, '../../layers/model/efficientnet-lite0/labels.json');

function randomResnet(): KerasModel {
  const [variant] = variants as [(typeof variants)[0]];
  const width = 64;
  const units = unitsOf(variant, width);
  const channels = units.at(-1)!.kernelShape[3];
  const head = [tensor([channels, classes], 0, 0.01), tensor([classes], 0, 0)];
  return {
    path: 'random numbers',
    kerasMajor: 3,
    graph: resnetGraph(variant, width, { pooling: 'average', classes, activation: 'softmax' }),
    weights: listedWeights(new Map([...units.flatMap(randomUnit), ['predictions', head]])),
    defaultSize: { width: 224, height: 224 },
    assumptions: [],
  };
}

/**
 * He initialisation keeps activations at one scale; a small gamma on the last layer of a block keeps its residual branch small
 * next to the shortcut.
 */
function randomUnit({ name, kernelShape }: Unit, seed: number): [string, StoredTensor[]][] {
  const [height, width, inputs, outputs] = kernelShape;
  const ofEach = (value: number) => tensor([outputs], seed, 0, value);
  const kernel = tensor(kernelShape, seed, Math.sqrt(2 / (height * width * inputs)));
  const gamma = ofEach(name.endsWith('_3') ? 0.2 : 1);
  return [
    [`${name}_conv`, [kernel, ofEach(0)]],
    [`${name}_bn`, [gamma, ofEach(0), ofEach(0), ofEach(1)]],
  ];
}

function tensor(shape: readonly number[], seed: number, deviation: number, mean = 0): StoredTensor {
  return {
    path: 'random',
    shape,
    isInteger: false,
    read: () => {
      const random = randomFrom(seed);
      const spread = deviation * Math.sqrt(12);
      const length = shape.reduce((product, side) => product * side, 1);
      return Float32Array.from({ length }, () => mean + spread * (random() - 0.5));
    },
  };
}

/** Moves the weights from the separate file into the network. */
async function writePlain(exported: string, to: string): Promise<void> {
  const model = await readModel(exported);
  const data = readFileSync(exported.replace(/\.onnx$/, '.bin'));
  const initializer = model.graph.initializer.map(({ externalData = [], dataLocation: _, ...rest }) => {
    const at = (wanted: string) => Number(externalData.find(({ key }) => key === wanted)?.value);
    return { ...rest, rawData: data.subarray(at('offset'), at('offset') + at('length')) };
  });
  writeFileSync(to, encodeModel({ ...model, graph: { ...model.graph, initializer } }));
}
