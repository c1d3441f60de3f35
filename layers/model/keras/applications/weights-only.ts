/**
 * A file with only weights -> the ResNet that they belong to. Accepts only files whose names and shapes are all those of a ResNet
 * of keras.applications. The file does not contain the network's pooling, activation and preprocessing.
 */
import { activationNames } from '../../../../functions/classify/network/head.ts';
import { UnusableModel } from '../../unusable-model.ts';
import { assertNoPooling, type ConversionOptions, type OutputActivation } from '../converted.ts';
import type { ModelGraph } from '../graph/model-graph.ts';
import type { KerasFile } from '../keras-file.ts';
import { listedWeights } from '../weights/listed.ts';
import type { LayerWeights } from '../weights/listing.ts';
import type { WeightStore } from '../weights/weight-store.ts';
import { type Head, resnetGraph, type Unit, unitsOf, type Variant, variants } from './resnet.ts';

export interface WeightsOnlyModel {
  readonly title: string;
  readonly graph: ModelGraph;
  readonly weights: WeightStore;
  readonly assumptions: readonly string[];
}

/** @throws UnusableModel if the network is unknown, or one of the three answers is missing. */
export function recogniseWeights(file: KerasFile, options: ConversionOptions): WeightsOnlyModel {
  const layers = file.list();
  const kinds = sortByKind(layers, file.path);
  const variant = variantOf(kinds.convolutions.length, file.path);
  const names = unitsOf(variant, 1).map(({ name }) => name);
  const [head, ...others] = kinds.dense;
  if (!head || others.length > 0 || kinds.normalisations.length !== names.length) {
    throw unknown(
      file.path,
      `it has ${kinds.normalisations.length} batch normalisations and ${kinds.dense.length} dense layers`,
    );
  }
  const classes = head.tensors[0]!.shape[1]!;
  const isNamed = layers.every((layer) => layer.isNamed);
  const ownLayers = pair(kinds, names, isNamed, file.path);
  ownLayers.set('predictions', head);
  const width = ownLayers.get('conv1_conv')!.tensors[0]!.shape[3]!;
  assertShapes(ownLayers, unitsOf(variant, width), classes, file.path);
  const answers = answersFor(options, file.path);
  return {
    title: variant.title,
    graph: resnetGraph(variant, width, { ...answers, classes }),
    weights: listedWeights(new Map([...ownLayers].map(([name, { tensors }]) => [name, tensors]))),
    assumptions: [
      `${file.path} holds only weights: assumed to be keras.applications' ${variant.title}, whose names and shapes they have, with ${answers.pooling} pooling and ${activationText(answers.activation)}`,
    ],
  };
}

function activationText(activation: OutputActivation): string {
  return activation === 'none' ? 'logits' : `a ${activation}`;
}

function answersFor(
  { isPublished, weightsOnly }: ConversionOptions,
  path: string,
): Pick<Head, 'pooling' | 'activation'> {
  if (isPublished) {
    assertNoPooling(weightsOnly, path);
    return { pooling: 'average', activation: 'softmax' };
  }
  const { activation, pooling, hasPreprocessing } = weightsOnly ?? { hasPreprocessing: false };
  if (activation && pooling && hasPreprocessing) return { activation, pooling };
  throw new UnusableModel(
    `${path} holds only weights, without the network's pooling, activation and preprocessing: give --pooling average or max, --activation ${activationNames.join(' or ')}, and --mode (or --scale, --mean and --std); or save the whole model with model.save('x.keras')`,
  );
}

interface LayersByKind {
  readonly convolutions: readonly LayerWeights[];
  readonly normalisations: readonly LayerWeights[];
  readonly dense: readonly LayerWeights[];
}

// The ranks of its tensors tell a layer's kind in every layout.
const kindsByRanks: Readonly<Record<string, keyof LayersByKind>> = {
  '4,1': 'convolutions',
  '1,1,1,1': 'normalisations',
  '2,1': 'dense',
};

function sortByKind(layers: readonly LayerWeights[], path: string): LayersByKind {
  const kinds = layers.map((layer) => {
    const ranks = layer.tensors.map(({ shape }) => shape.length).join();
    return kindsByRanks[ranks] ?? fail(path, `layer '${layer.name}' has weights of the ranks ${ranks}`);
  });
  const of = (kind: keyof LayersByKind) => layers.filter((_, i) => kinds[i] === kind);
  return { convolutions: of('convolutions'), normalisations: of('normalisations'), dense: of('dense') };
}

function variantOf(convolutions: number, path: string): Variant {
  const variant = variants.find((candidate) => unitsOf(candidate, 1).length === convolutions);
  return variant ?? fail(path, `it has ${convolutions} convolutions`);
}

/** By name, or in a file without names by order: counters follow the order of the model's layers. */
function pair(
  { convolutions, normalisations }: LayersByKind,
  names: readonly string[],
  isNamed: boolean,
  path: string,
): Map<string, LayerWeights> {
  const find = (layers: readonly LayerWeights[], name: string, i: number): [string, LayerWeights] => {
    const found = isNamed ? layers.find((layer) => layer.name === name) : layers[i];
    return [name, found ?? fail(path, `it has no layer '${name}'`)];
  };
  return new Map([
    ...names.map((name, i) => find(convolutions, `${name}_conv`, i)),
    ...names.map((name, i) => find(normalisations, `${name}_bn`, i)),
  ]);
}

function assertShapes(
  layers: ReadonlyMap<string, LayerWeights>,
  units: readonly Unit[],
  classes: number,
  path: string,
): void {
  const expected = new Map<string, readonly (readonly number[])[]>(
    units.flatMap(({ name, kernelShape }) => {
      const vector = [kernelShape[3]];
      return [
        [`${name}_conv`, [kernelShape, vector]],
        [`${name}_bn`, [vector, vector, vector, vector]],
      ] as const;
    }),
  );
  expected.set('predictions', [[units.at(-1)!.kernelShape[3], classes], [classes]]);
  for (const [name, shapes] of expected) {
    const { tensors } = layers.get(name)!;
    for (const [i, shape] of shapes.entries()) {
      const found = tensors[i]!.shape;
      if (found.join() !== shape.join()) {
        fail(path, `${tensors[i]!.path} is [${found.join(', ')}] and not [${shape.join(', ')}]`);
      }
    }
  }
}

function fail(path: string, difference: string): never {
  throw unknown(path, difference);
}

function unknown(path: string, difference: string): UnusableModel {
  return new UnusableModel(
    `${path} holds only weights, and not those of ${variants.map(({ title }) => title).join(', ')} of keras.applications (${difference}); save the whole model with model.save('x.keras')`,
  );
}
