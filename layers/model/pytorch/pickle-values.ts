/** The values that pickles of state dicts are made of, and the only calls that they may contain. */
import { shown, UnusableModel } from '../unusable-model.ts';

/** The values of a pickle. Dictionaries keep the order of their keys; tuples and lists are arrays. */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | PickleValue[]
  | Map<PickleValue, PickleValue>
  | PickleGlobal
  | PickledTensor
  | PickledNamespace
  | PersistentId;

/** A class or function by its full name, such as `torch.FloatStorage`. */
export class PickleGlobal {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/** The arguments with which PyTorch rebuilds a tensor. */
export class PickledTensor {
  readonly storage: PersistentId;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  constructor(storage: PersistentId, offset: number, shape: readonly number[], strides: readonly number[]) {
    this.storage = storage;
    this.offset = offset;
    this.shape = shape;
    this.strides = strides;
  }
}

/** The options of a training script by their names: `argparse.Namespace`. */
export class PickledNamespace extends Map<PickleValue, PickleValue> {}

/** A reference to a storage outside of the pickle. */
export class PersistentId {
  readonly parts: readonly PickleValue[];
  constructor(parts: readonly PickleValue[]) {
    this.parts = parts;
  }
}

/** A pickle that names a class or function which is neither a tensor nor a plain container. */
export class ForbiddenGlobal extends UnusableModel {
  readonly global: string;
  constructor(global: string, path: string) {
    super(
      `${path} names ${shown(global)}, which would run code; only tensors and plain containers are read. In Python, if you trust the file:
    checkpoint = torch.load('${path}', map_location='cpu', weights_only=False)
    torch.save(checkpoint.get('state_dict', checkpoint), 'weights.pth')  # or the key that holds the weights
then --from weights.pth`,
    );
    this.global = global;
  }
}

/** Classes that are known by name only. */
const inert =
  /^torch\.(\w+Storage|storage\.(UntypedStorage|TypedStorage)|float\d\d|bfloat16|u?int\d+|bool|strided)$/;

type Call = (args: readonly PickleValue[], fail: (reason: string) => never) => PickleValue;

/** The functions that rebuild tensors and containers, done here without Python. */
const calls: Readonly<Record<string, Call>> = {
  'collections.OrderedDict': ([entries = []], fail) => {
    if (!Array.isArray(entries)) return fail('an OrderedDict of something else than pairs');
    return new Map(
      entries.map((entry) =>
        Array.isArray(entry) && entry.length === 2
          ? [entry[0]!, entry[1]!]
          : fail('a pair without two values'),
      ),
    );
  },
  'torch._utils._rebuild_tensor_v2': rebuildTensor,
  'torch._utils._rebuild_tensor': rebuildTensor,
  'torch._utils._rebuild_parameter': ([tensor], fail) =>
    tensor instanceof PickledTensor ? tensor : fail('a parameter that is not a tensor'),
  // The milestones of a learning rate schedule.
  'collections.Counter': ([counts]) => (counts instanceof Map ? counts : new Map()),
  'torch.Size': ([sizes = []]) => sizes,
  'torch.device': ([device = 'cpu']) => device,
};

function rebuildTensor(
  [storage, offset, shape, strides]: readonly PickleValue[],
  fail: (reason: string) => never,
) {
  if (storage instanceof PersistentId && isCount(offset) && areCounts(shape) && areCounts(strides)) {
    if (shape.length === strides.length) return new PickledTensor(storage, offset, shape, strides);
  }
  return fail('a tensor without a storage, shape or strides');
}

function isCount(value: PickleValue | undefined): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function areCounts(value: PickleValue | undefined): value is number[] {
  return Array.isArray(value) && value.every(isCount);
}

/** Tells if a pickle may name a class or function. */
export function isKnownGlobal(name: string): boolean {
  return name === namespace || inert.test(name) || Object.hasOwn(calls, name);
}

const namespace = 'argparse.Namespace';

/** A new object of a class, empty until its state is set. @returns Nothing if it is not a container. */
export function instantiate(name: string): PickleValue | undefined {
  return name === namespace ? new PickledNamespace() : undefined;
}

/**
 * The result of a call.
 *
 * @param fail Throws, with the reason. @returns Nothing if the function may be named only.
 */
export function rebuild(
  name: string,
  args: readonly PickleValue[],
  fail: (reason: string) => never,
): PickleValue | undefined {
  return Object.hasOwn(calls, name) ? calls[name]!(args, fail) : undefined;
}
