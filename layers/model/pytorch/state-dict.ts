/** The state dict in a file of `torch.save`: bare, or inside a checkpoint. */
import type { LabelList } from '../labels.ts';
import { shown, UnusableModel } from '../unusable-model.ts';
import { architectureIn, labelsIn, stateDictIn } from './checkpoint.ts';
import { ForbiddenGlobal, PickledTensor, type PickleValue } from './pickle-values.ts';
import { wholeModule } from './refusals.ts';
import { elementBytes, type StoredTensor, type TensorMap, toFloats } from './tensor-file.ts';
import { type FindStorage, storageOf, unpickle } from './torch-file.ts';

/** The weights of a network and everything else that their file tells. */
export interface StateDict {
  readonly tensors: TensorMap;
  readonly labels?: LabelList;
  /** The network's name in its library, such as `resnet50`. */
  readonly architecture?: string;
}

/**
 * Lists the tensors of a `.pth`, `.pt` or `.bin` file.
 *
 * @param path For messages.
 * @throws UnusableModel if it is damaged, holds no state dict, or needs code to be run.
 */
export function readStateDict(bytes: Uint8Array, path: string): StateDict {
  try {
    const { value, storages } = unpickle(bytes, path);
    const labels = labelsIn(value);
    const architecture = architectureIn(value);
    return {
      tensors: tensorsOf(stateDictIn(value, path), storages, path),
      ...(labels && { labels }),
      ...(architecture && { architecture }),
    };
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

function tensorsOf(
  dict: ReadonlyMap<PickleValue, PickleValue>,
  storages: FindStorage,
  path: string,
): TensorMap {
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
