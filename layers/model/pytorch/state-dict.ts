/** The state dict in a file of `torch.save`: bare, or inside a checkpoint. */
import { shown, UnusableModel } from '../unusable-model.ts';
import { ForbiddenGlobal, PickledTensor, type PickleValue } from './pickle-values.ts';
import { wholeModule } from './refusals.ts';
import { elementBytes, type StoredTensor, type TensorMap, toFloats } from './tensor-file.ts';
import { type FindStorage, storageOf, unpickle } from './torch-file.ts';

/**
 * Lists the tensors of a `.pth`, `.pt` or `.bin` file.
 *
 * @param path For messages.
 * @throws UnusableModel if it is damaged, holds no state dict, or needs code to be run.
 */
export function readStateDict(bytes: Uint8Array, path: string): TensorMap {
  try {
    const { value, storages } = unpickle(bytes, path);
    return tensorsOf(stateDictIn(value, path), storages, path);
  } catch (error) {
    throw error instanceof ForbiddenGlobal && isModule(error.global)
      ? wholeModule(error.global, path)
      : error;
  }
}

/** True for a class from a module that usually defines networks. */
function isModule(global: string): boolean {
  return /^(torchvision\.models|timm\.models|torch\.nn\.modules|transformers\.models|__main__|models?)\./.test(
    global,
  );
}

/** Training scripts save the weights of averaging (`ema`) next to these. */
const checkpointKeys = ['state_dict', 'model_state_dict', 'model', 'net', 'network'];

function stateDictIn(value: PickleValue, path: string): Map<PickleValue, PickleValue> {
  if (value instanceof Map) {
    const tensors = [...value.values()].filter((item) => item instanceof PickledTensor);
    if (tensors.length > 0) return value;
    for (const key of checkpointKeys) {
      const inner = value.get(key);
      if (inner instanceof Map && [...inner.values()].some((item) => item instanceof PickledTensor))
        return inner;
    }
    const keys = [...value.keys()]
      .filter((key) => typeof key === 'string')
      .slice(0, 10)
      .map(shown)
      .join(', ');
    throw new UnusableModel(
      `${path} is a checkpoint with ${keys || 'nothing'}; expected tensors, or a state dict under ${checkpointKeys.join(', ')}`,
    );
  }
  throw new UnusableModel(`${path} does not hold a state dict: save model.state_dict()`);
}

function tensorsOf(dict: Map<PickleValue, PickleValue>, storages: FindStorage, path: string): TensorMap {
  const tensors = new Map<string, StoredTensor>();
  for (const [name, value] of dict) {
    if (typeof name === 'string' && value instanceof PickledTensor) {
      tensors.set(name, storedTensor(name, value, storages, path));
    }
  }
  return tensors;
}

function storedTensor(
  name: string,
  { storage, offset, shape, strides }: PickledTensor,
  storages: FindStorage,
  path: string,
): StoredTensor {
  const described = storageOf(storage);
  const bytes = described && storages(described.key);
  const elements = bytes ? bytes.length / elementBytes[described.type] : 0;
  const count = shape.reduce((product, side) => product * side, 1);
  const last = shape.reduce((sum, side, i) => sum + (side - 1) * strides[i]!, offset);
  if (!described || !bytes || count > elements || (count > 0 && last >= elements)) {
    throw new UnusableModel(
      `${path}: tensor '${shown(name)}' [${shown(shape.join(', '))}] is not complete; the file was cut off or is damaged`,
    );
  }
  return {
    shape,
    read: () => {
      const values = toFloats(bytes, described.type, name);
      return rowMajor(values, offset, shape, strides, count);
    },
  };
}

/** Tensors may be views, or stored with their channels last. */
function rowMajor(
  values: Float32Array,
  offset: number,
  shape: readonly number[],
  strides: readonly number[],
  count: number,
): Float32Array {
  const result = new Float32Array(count);
  const index = shape.map(() => 0);
  let from = offset;
  for (let i = 0; i < count; i++) {
    result[i] = values[from]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis]!;
      if (++index[axis]! < shape[axis]!) break;
      from -= strides[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
  return result;
}
