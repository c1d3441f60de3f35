/** Every layer of a Keras file that has weights, for files without a configuration. */
import type { Group } from 'h5wasm/node';
import { UnusableModel } from '../../unusable-model.ts';
import {
  type StoredTensor,
  stringAttribute,
  stringList,
  subgroup,
  subgroups,
  tensorAt,
  tensorsIn,
} from '../hdf5.ts';

/** A layer that has weights: kernel and bias, or gamma, beta, moving mean and moving variance, in this order. */
export interface LayerWeights {
  /** Keras' name of the layer (`conv2_block1_1_conv`); in a file without names that of its group (`conv2d_7`). */
  readonly name: string;
  readonly isNamed: boolean;
  readonly tensors: readonly StoredTensor[];
}

/** @param names As in the attribute `layer_names`. */
export function listNamed(root: Group, names: readonly string[]): LayerWeights[] {
  return names
    .map((name) => {
      const group = subgroup(root, name);
      if (!group) {
        throw new UnusableModel(
          `${root.path}: layer '${name}' is listed in 'layer_names' but missing from the file`,
        );
      }
      const tensors = (stringList(group, 'weight_names') ?? []).map((weight) => tensorAt(group, weight));
      return { name, isNamed: true, tensors };
    })
    .filter(hasFloats);
}

// As deep as models are nested in models; a damaged file can hold itself.
const maxDepth = 16;

/** @param layers The group with a group for each layer; in the order of their counters. */
export function listNumbered(layers: Group, depth = 0): LayerWeights[] {
  if (depth > maxDepth)
    throw new UnusableModel(`${layers.path}: groups are nested more than ${maxDepth} deep`);
  return subgroups(layers)
    .toSorted((a, b) => counterOf(a) - counterOf(b))
    .flatMap((group) => {
      const vars = subgroup(group, 'vars');
      const stored = vars && stringAttribute(vars, 'name');
      const own = {
        name: stored ?? lastName(group),
        isNamed: stored !== undefined,
        tensors: vars ? tensorsIn(vars) : [],
      };
      const inner = subgroup(group, 'layers') ?? subgroup(group, '_layer_checkpoint_dependencies');
      return [own, ...(inner ? listNumbered(inner, depth + 1) : [])];
    })
    .filter(hasFloats);
}

// conv2d, conv2d_1, … conv2d_10: the counter is the layer's place in the model, and the alphabet puts 10 before 2.
function counterOf(group: Group): number {
  return Number(/_(\d+)$/.exec(group.path)?.[1] ?? 0);
}

function lastName({ path }: Group): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

// Dropout and random augmentation keep the state of their random numbers as integers, which predict nothing.
function hasFloats({ tensors }: LayerWeights): boolean {
  return tensors.some(({ isInteger }) => !isInteger);
}
