/**
 * Weights by the name of their layer: the group `/conv1` lists `conv1/kernel:0` in its attribute `weight_names`. Keras 1, 2 and 3
 * write `.h5` files in this way; the group of a nested model holds the weights of all its layers.
 */
import type { Group } from 'h5wasm/node';
import { UnusableModel } from '../../unusable-model.ts';
import { type StoredTensor, stringList, subgroup, tensorAt } from '../hdf5.ts';
import type { WeightStore } from './weight-store.ts';

interface NamedTensor {
  /** Without Keras 2's `:0`: `['block1', 'conv', 'kernel']`. */
  readonly parts: readonly string[];
  readonly tensor: StoredTensor;
}

/** @param root With the attribute `layer_names`. */
export function namedWeights(root: Group): WeightStore {
  return {
    ...layerWeights([], []),
    layer: ({ name }) => {
      const group = subgroup(root, name);
      return layerWeights(group ? tensorsOf(group) : [], [name]);
    },
  };
}

function tensorsOf(group: Group): NamedTensor[] {
  return (stringList(group, 'weight_names') ?? [])
    .map((name) => ({ parts: name.replace(/:\d+$/, '').split('/'), tensor: tensorAt(group, name) }))
    .filter(({ tensor }) => !tensor.isInteger);
}

/** @param path Of the layer, from the model that is saved. */
function layerWeights(tensors: readonly NamedTensor[], path: readonly string[]): WeightStore {
  return {
    own: (names) => {
      if (tensors.length !== names.length) return undefined;
      // ConvNeXt's LayerScale does not name its only weight.
      if (names.length === 1) return [tensors[0]!.tensor];
      // The order is that of creation, or the trainable ones first: names tell them apart.
      const found = names.map((name) => tensors.find(({ parts }) => isNamed(parts.at(-1)!, name, tensors)));
      return found.every((tensor) => tensor) ? found.map((tensor) => tensor!.tensor) : undefined;
    },
    count: () => tensors.length,
    layer: ({ name }) => layerWeights(weightsOfLayer(tensors, [...path, name]), [...path, name]),
    part: (_, name) =>
      layerWeights(
        tensors.filter(({ parts }) => parts.at(-2) === name),
        [...path, name],
      ),
  };
}

/** `kernel`, or the name that another version of Keras gives it. */
function isNamed(stored: string, name: string, tensors: readonly NamedTensor[]): boolean {
  if (tensors.some(({ parts }) => parts.at(-1) === name)) return stored === name;
  return otherNames[name]?.test(stored) ?? false;
}

/** Keras 3 calls a depthwise kernel plainly so; Keras 1 put the layer's name in front (`conv1_W`). */
const otherNames: Readonly<Record<string, RegExp>> = {
  depthwise_kernel: /^kernel$/,
  kernel: /_W$/,
  bias: /_b$/,
  gamma: /_gamma$/,
  beta: /_beta$/,
  moving_mean: /_running_mean$/,
  moving_variance: /_running_std$/,
};

/**
 * The weights below a layer of a nested model. Their names contain the layer's, and not always those of the models around it: of
 * layers with the same name in several models, the one whose models are named too is meant.
 */
function weightsOfLayer(tensors: readonly NamedTensor[], path: readonly string[]): NamedTensor[] {
  const name = path.at(-1)!;
  const candidates = tensors.filter(({ parts }) => parts.slice(0, -1).includes(name));
  const owners = new Set(candidates.map(({ parts }) => parts.slice(0, parts.indexOf(name)).join('/')));
  if (owners.size <= 1) return candidates;
  const nearest = candidates.filter(({ parts }) => parts[parts.indexOf(name) - 1] === path.at(-2));
  if (new Set(nearest.map(({ parts }) => parts.slice(0, parts.indexOf(name)).join('/'))).size === 1) {
    return nearest;
  }
  throw new UnusableModel(
    `the weights of layer '${path.join('/')}' cannot be told apart from those of another layer of that name; save the model with model.save('x.keras')`,
  );
}
