/** The weights of one layer in a Keras file, however the file stores them. */
import { UnusableModel } from '../../unusable-model.ts';
import type { StoredTensor } from '../hdf5.ts';
import { saveAgain } from '../way-on.ts';

/** The weights of a layer, or of all layers of a nested model. */
export interface WeightStore {
  /**
   * The layer's own weights.
   *
   * @param names As Keras calls them (`kernel`, `bias`), in the order in which the layer creates them.
   * @returns In the same order, or nothing if the file does not have exactly these.
   */
  readonly own: (names: readonly string[]) => readonly StoredTensor[] | undefined;
  /** The number of the layer's own floating-point weights, for messages. */
  readonly count: () => number;
  /** A layer of a nested model. @param siblings All layers of that model, in its order. */
  readonly layer: (wanted: NamedLayer, siblings: readonly NamedLayer[]) => WeightStore;
  /** A layer that is part of another, such as the projections of an attention: its attribute and its name. */
  readonly part: (attribute: string, name: string) => WeightStore;
}

export interface NamedLayer {
  readonly name: string;
  readonly className: string;
}

/** @param path Of the layer. @throws UnusableModel unless the file holds exactly these weights. */
export function takeWeights<Name extends string>(
  store: WeightStore,
  shapes: Readonly<Partial<Record<Name, readonly number[]>>>,
  path: string,
): Record<Name, StoredTensor> {
  const names = (Object.keys(shapes) as Name[]).filter((name) => shapes[name]);
  const tensors = store.own(names);
  if (!tensors) {
    throw new UnusableModel(
      `${path}: the file has ${store.count()} weights for it; expected ${names.join(', ')}: it is incomplete, or the layer was renamed after it was built; ${saveAgain}`,
    );
  }
  const taken = names.map((name, i) => {
    const tensor = tensors[i]!;
    const expected = shapes[name]!;
    if (tensor.shape.join() !== expected.join()) {
      throw new UnusableModel(
        `${path}: ${name} is [${tensor.shape.join(', ')}]; expected [${expected.join(', ')}]: weights and configuration do not belong together; save the whole model with model.save('x.keras')`,
      );
    }
    return [name, tensor] as const;
  });
  return Object.fromEntries(taken) as Record<Name, StoredTensor>;
}
