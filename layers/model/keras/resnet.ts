/**
 * Which weights of a Keras file belong to which layer of a ResNet.
 *
 * By name where the layers have the names that Keras gives them (today's, or those before 2019), otherwise by order, as Keras
 * itself loads a file. Names come first because files differ in the order of the two last convolutions of a stage's first
 * block: in conv2 these have equal shapes, and by order alone they could be swapped unnoticed.
 */
import { UnusableModel } from '../unusable-model.ts';
import { isLegacyName, modernName, type Unit, unitsOf, type Variant, variants } from './architecture.ts';
import type { StoredTensor } from './hdf5.ts';
import type { KerasFile, LayerWeights } from './weights-file.ts';

/** A unit's weights: `kernel` [height, width, in, out], everything else [out]. */
export interface UnitWeights extends Unit {
  readonly kernel: StoredTensor;
  readonly bias: StoredTensor;
  readonly gamma: StoredTensor;
  readonly beta: StoredTensor;
  readonly mean: StoredTensor;
  readonly variance: StoredTensor;
  readonly epsilon: number;
}

export interface Resnet extends Variant {
  readonly units: ReadonlyMap<string, UnitWeights>;
  readonly classes: number;
  /** `kernel` [channels, classes], `bias` [classes] */
  readonly head: { readonly kernel: StoredTensor; readonly bias: StoredTensor };
}

/** @throws UnusableModel naming the layer that is missing, unknown, or of another shape than expected. */
export function findResnet(file: KerasFile): Resnet {
  assertVersion1(file);
  const layers = sortByKind(file);
  const isNamed = file.layers.some(({ name }) => modernName(name) === 'conv1_conv');
  const variant = isNamed ? variantByNames(file) : variantByCount(layers.convolutions.length, file.path);
  const units = unitsOf(variant, widthOf(isNamed ? namedLayer(file, 'conv1_conv') : layers.convolutions[0]!));
  const pairs = isNamed ? pairByName(file, variant, units) : pairByOrder(file, layers, units);
  return {
    ...variant,
    units: new Map(pairs.map(([unit, ...pair]) => [unit.name, unitWeights(file, unit, ...pair)])),
    ...findHead(layers.dense, units.at(-1)!.kernelShape[3], file.path),
  };
}

interface LayersByKind {
  readonly convolutions: readonly LayerWeights[];
  readonly normalisations: readonly LayerWeights[];
  readonly dense: readonly LayerWeights[];
}

/** A unit with its convolution and its batch normalisation. */
type Pair = readonly [Unit, LayerWeights, LayerWeights];

// keras.applications gives this; before 2019 it left Keras' default.
const defaultEpsilon = 1.001e-5;
const legacyEpsilon = 1e-3;

// Keras' networks have 64. Everything else follows from it, so it bounds what is read.
const maxWidth = 256;

function assertVersion1({ layers, path }: KerasFile): void {
  const preactivation = layers.find(({ name }) => /preact|^post_bn$/.test(name));
  if (!preactivation) return;
  throw new UnusableModel(
    `${path} is a ResNet version 2 (layer '${preactivation.name}'); supported are ${titles()}, version 1. Convert it with tf2onnx and use --from FILE.onnx`,
  );
}

function sortByKind({ layers, path }: KerasFile): LayersByKind {
  const kinds = layers.map((layer) => kindOf(layer, path));
  const of = (kind: Kind) => layers.filter((_, i) => kinds[i] === kind);
  return { convolutions: of('convolution'), normalisations: of('normalisation'), dense: of('dense') };
}

type Kind = 'convolution' | 'normalisation' | 'dense';

// The ranks of its tensors tell a layer's kind in every layout.
const kindsByRanks: Readonly<Record<string, Kind>> = {
  '4,1': 'convolution',
  '1,1,1,1': 'normalisation',
  '2,1': 'dense',
};

function kindOf({ name, tensors }: LayerWeights, path: string): Kind {
  const kind = kindsByRanks[tensors.map(({ shape }) => shape.length).join()];
  if (kind) return kind;
  throw new UnusableModel(
    `${path}: layer '${name}' has weights of the shapes ${tensors.map(shapeOf).join(', ')}; expected a kernel and a bias, or the four vectors of a batch normalisation: it is not part of a ResNet`,
  );
}

/** By the longest stage, so that a missing layer is reported as missing and not as another network. */
function variantByNames({ layers, path }: KerasFile): Variant {
  const numbers = layers.map(({ name }) => Number(/^conv4_block(\d+)_/.exec(modernName(name))?.[1] ?? 0));
  const blocks = Math.max(...numbers);
  const variant = variants.find((variant) => blocks <= variant.blocks[2]);
  if (variant) return variant;
  throw new UnusableModel(`${path}: stage conv4 has ${blocks} blocks; ${titles()} have 6, 23 and 36`);
}

function variantByCount(convolutions: number, path: string): Variant {
  const counts = variants.map((variant) => unitsOf(variant, 1).length);
  const variant = variants[counts.indexOf(convolutions)];
  if (variant) return variant;
  throw new UnusableModel(`${path} has ${convolutions} convolutions; ${titles()} have ${counts.join(', ')}`);
}

function titles(): string {
  return variants.map(({ title }) => title).join(', ');
}

function widthOf(convolution: LayerWeights): number {
  const width = convolution.tensors[0]!.shape[3]!;
  if (width >= 1 && width <= maxWidth) return width;
  throw new UnusableModel(
    `layer '${convolution.name}' has ${width} channels; expected 64 (at most ${maxWidth})`,
  );
}

function namedLayer({ layers, path }: KerasFile, wanted: string): LayerWeights {
  const layer = layers.find(({ name }) => modernName(name) === wanted);
  if (layer) return layer;
  throw new UnusableModel(
    `${path}: layer '${wanted}' is missing; the file is incomplete or not one of ${titles()}`,
  );
}

function pairByName(file: KerasFile, { title }: Variant, units: readonly Unit[]): Pair[] {
  const pairs = units.map(
    (unit) => [unit, namedLayer(file, `${unit.name}_conv`), namedLayer(file, `${unit.name}_bn`)] as const,
  );
  const used = new Set(pairs.flatMap(([, ...pair]) => pair));
  const unknown = file.layers.find((layer) => !used.has(layer) && layer.tensors[0]?.shape.length !== 2);
  if (!unknown) return pairs;
  throw new UnusableModel(`${file.path}: layer '${unknown.name}' is not part of a ${title}`);
}

function pairByOrder(
  { path }: KerasFile,
  { convolutions, normalisations }: LayersByKind,
  units: readonly Unit[],
): Pair[] {
  if (normalisations.length !== convolutions.length) {
    throw new UnusableModel(
      `${path} has ${normalisations.length} batch normalisations; expected one for each of the ${convolutions.length} convolutions`,
    );
  }
  return units.map((unit, i) => [unit, convolutions[i]!, normalisations[i]!]);
}

function unitWeights(
  { config }: KerasFile,
  unit: Unit,
  convolution: LayerWeights,
  normalisation: LayerWeights,
): UnitWeights {
  const stride = config.strides.get(convolution.name) ?? unit.stride;
  if (stride !== unit.stride) {
    throw new UnusableModel(`layer '${convolution.name}' has stride ${stride}; expected ${unit.stride}`);
  }
  const [kernel, bias] = convolution.tensors as [StoredTensor, StoredTensor];
  const [gamma, beta, mean, variance] = normalisation.tensors as [
    StoredTensor,
    StoredTensor,
    StoredTensor,
    StoredTensor,
  ];
  expectShape(convolution, kernel, unit.kernelShape);
  const vector = [unit.kernelShape[3]];
  expectShape(convolution, bias, vector);
  for (const tensor of normalisation.tensors) expectShape(normalisation, tensor, vector);
  const epsilon =
    config.epsilons.get(normalisation.name) ??
    (isLegacyName(normalisation.name) ? legacyEpsilon : defaultEpsilon);
  return { ...unit, kernel, bias, gamma, beta, mean, variance, epsilon };
}

function findHead(
  dense: readonly LayerWeights[],
  channels: number,
  path: string,
): Pick<Resnet, 'classes' | 'head'> {
  const [layer, second] = dense;
  if (!layer) {
    throw new UnusableModel(
      `${path} has no dense layer, so no classes (it was saved with include_top=False); add GlobalAveragePooling2D and Dense(classes, activation='softmax'), train and save the whole model`,
    );
  }
  if (second) {
    throw new UnusableModel(
      `${path} has ${dense.length} dense layers (${dense.map(({ name }) => `'${name}'`).join(', ')}); expected one, straight after GlobalAveragePooling2D`,
    );
  }
  const [kernel, bias] = layer.tensors as [StoredTensor, StoredTensor];
  const classes = kernel.shape[1]!;
  if (classes < 2) {
    throw new UnusableModel(
      `${path}: layer '${layer.name}' has ${classes} output; expected 2 or more classes with a softmax`,
    );
  }
  expectShape(layer, kernel, [channels, classes]);
  expectShape(layer, bias, [classes]);
  return { classes, head: { kernel, bias } };
}

function expectShape({ name }: LayerWeights, tensor: StoredTensor, expected: readonly number[]): void {
  if (tensor.shape.join() === expected.join()) return;
  throw new UnusableModel(
    `layer '${name}': ${tensor.path} is ${shapeOf(tensor)}; expected [${expected.join(', ')}]`,
  );
}

function shapeOf({ shape }: StoredTensor): string {
  return `[${shape.join(', ')}]`;
}
