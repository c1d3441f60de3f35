/** Weights in a list by the name of their layer, in the order in which the layer creates them. */
import type { StoredTensor } from '../hdf5.ts';
import type { WeightStore } from './weight-store.ts';

export function listedWeights(layers: ReadonlyMap<string, readonly StoredTensor[]>): WeightStore {
  const storeOf = (tensors: readonly StoredTensor[]): WeightStore => ({
    own: (names) => (names.length === tensors.length ? tensors : undefined),
    count: () => tensors.length,
    layer: ({ name }) => storeOf(layers.get(name) ?? []),
    part: () => storeOf([]),
  });
  return storeOf([]);
}
