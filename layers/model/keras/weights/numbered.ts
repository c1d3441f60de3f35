/**
 * Weights by the place of their layer: `/layers/conv2d_7/vars/0` is the first weight of the eighth Conv2D in the model. Keras 3 and
 * tf_keras write `.keras` and `.weights.h5` files in this way; Keras 3 adds the layer's name.
 */
import type { Group } from 'h5wasm/node';
import { UnusableModel } from '../../unusable-model.ts';
import { stringAttribute, subgroup, tensorsIn } from '../hdf5.ts';
import type { NamedLayer, WeightStore } from './weight-store.ts';

/** @param group Of a layer or model; absent if the file has none. */
export function numberedWeights(group: Group | undefined): WeightStore {
  const tensors = () => {
    const vars = group && subgroup(group, 'vars');
    // Dropout and random augmentation keep the state of their random numbers, normalisation counts its examples.
    return vars ? tensorsIn(vars).filter(({ isInteger }) => !isInteger) : [];
  };
  return {
    own: (names) => {
      const own = tensors();
      return own.length === names.length ? own : undefined;
    },
    count: () => tensors().length,
    layer: (wanted, siblings) => {
      const layers =
        group && (subgroup(group, 'layers') ?? subgroup(group, '_layer_checkpoint_dependencies'));
      const found = layers && subgroup(layers, groupNameOf(wanted, siblings));
      if (found) assertNamed(found, wanted);
      return numberedWeights(found);
    },
    // Keras 3 drops the underscore of private attributes.
    part: (attribute) =>
      numberedWeights(group && (subgroup(group, attribute) ?? subgroup(group, `_${attribute}`))),
  };
}

/** The class in snake case, and a counter of the layers of that class. */
function groupNameOf(wanted: NamedLayer, siblings: readonly NamedLayer[]): string {
  const base = snakeCase(wanted.className);
  const place = siblings
    .filter(({ className }) => snakeCase(className) === base)
    .findIndex(({ name }) => name === wanted.name);
  return place === 0 ? base : `${base}_${place}`;
}

/** As Keras' `to_snake_case`: `PReLU` is `p_re_lu`, `Conv2D` is `conv2d`. */
function snakeCase(className: string): string {
  return className
    .replace(/\W+/g, '')
    .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();
}

function assertNamed(group: Group, { name }: NamedLayer): void {
  const vars = subgroup(group, 'vars');
  const stored = vars && stringAttribute(vars, 'name');
  if (!stored || stored === name) return;
  throw new UnusableModel(
    `${group.path} holds the weights of layer '${stored}', where those of '${name}' were expected: the file's weights and its configuration do not belong together`,
  );
}
