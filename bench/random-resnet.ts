/**
 * Makes a ResNet50 with random weights, which costs the same time and memory as a trained one: as a plain .onnx file with its
 * weights inside, and as a model folder.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { buildModel } from '../layers/model/build-model.ts';
import { unitsOf, type Variant, variants } from '../layers/model/keras/architecture.ts';
import type { StoredTensor } from '../layers/model/keras/hdf5.ts';
import type { Resnet, UnitWeights } from '../layers/model/keras/resnet.ts';
import { writeResnet } from '../layers/model/onnx/build-resnet.ts';
import { encodeModel, readModel } from '../layers/model/onnx/proto.ts';
import { randomFrom } from '../test/support/random.ts';

export interface RandomResnet {
  /** An .onnx file as exporters write it. */
  readonly plain: string;
  /** A model folder as `npm run model` makes it. */
  readonly folder: string;
  /** The network in it. */
  readonly stored: string;
}

/** Makes both below `parent`, unless they exist. */
export async function makeRandomResnet(parent: string): Promise<RandomResnet> {
  const home = join(parent, 'resnet50');
  const folder = join(home, 'model');
  const made = { plain: join(home, 'plain.onnx'), folder, stored: join(folder, 'resnet50.onnx') };
  if (existsSync(home)) return made;
  await mkdir(parent, { recursive: true });
  const scratch = await mkdtemp(join(parent, '.building-'));
  try {
    const exported = writeResnet(randomResnet(variants[0]!), { width: 224, height: 224 }, scratch);
    await writePlain(exported, join(scratch, 'plain.onnx'));
    await buildModel(
      {
        name: 'resnet50',
        source: { path: exported, origin: 'random numbers' },
        labels: labelsPath,
        precision: 'fp32',
        preprocessing: { mode: 'caffe' },
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
const labelsPath = join(import.meta.dirname, '../layers/model/efficientnet-lite0/labels.json');

function randomResnet(variant: Variant): Resnet {
  const units = unitsOf(variant, 64);
  const channels = units.at(-1)!.kernelShape[3];
  return {
    ...variant,
    classes,
    units: new Map(units.map((unit, seed) => [unit.name, randomUnit(unit, seed)])),
    head: { kernel: tensor([channels, classes], 0, 0.01), bias: tensor([classes], 0, 0) },
  };
}

/** He initialisation keeps values at one scale through all layers; the last layer of a block adds little to its shortcut. */
function randomUnit(unit: Pick<UnitWeights, 'name' | 'kernelShape' | 'stride'>, seed: number): UnitWeights {
  const [height, width, inputs, outputs] = unit.kernelShape;
  const ofEach = (value: number) => tensor([outputs], seed, 0, value);
  return {
    ...unit,
    kernel: tensor(unit.kernelShape, seed, Math.sqrt(2 / (height * width * inputs))),
    bias: ofEach(0),
    gamma: ofEach(unit.name.endsWith('_3') ? 0.2 : 1),
    beta: ofEach(0),
    mean: ofEach(0),
    variance: ofEach(1),
    epsilon: 0,
  };
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
