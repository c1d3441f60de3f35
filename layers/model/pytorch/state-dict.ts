/**
 * State dicts as `torch.save` writes them: a zip archive with the pickle and a file a storage, or the legacy format of pickles
 * with the storages behind them. Bare, or inside a checkpoint.
 */
import { unzipSync } from 'fflate';
import { shown, UnusableModel } from '../unusable-model.ts';
import {
  ForbiddenGlobal,
  type PersistentId,
  PickledTensor,
  PickleGlobal,
  type PickleValue,
  readPickle,
} from './pickle.ts';
import { assertStateDictArchive, wholeModule } from './refusals.ts';
import {
  type ElementType,
  elementBytes,
  type StoredTensor,
  type TensorMap,
  toFloats,
} from './tensor-file.ts';

/** Gives the bytes of a storage by its key. */
type FindStorage = (key: string) => Uint8Array | undefined;

/**
 * Lists the tensors of a `.pth`, `.pt` or `.bin` file.
 *
 * @param path For messages.
 * @throws UnusableModel if it is damaged, holds no state dict, or needs code to be run.
 */
export function readStateDict(bytes: Uint8Array, path: string): TensorMap {
  try {
    const { value, storages } = isZip(bytes) ? readArchive(bytes, path) : readLegacy(bytes, path);
    return tensorsOf(stateDictIn(value, path), storages, path);
  } catch (error) {
    throw error instanceof ForbiddenGlobal && isModule(error.global)
      ? wholeModule(error.global, path)
      : error;
  }
}

export function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4;
}

/** Classes of networks stand in modules called like this. */
function isModule(global: string): boolean {
  return /^(torchvision\.models|timm\.models|torch\.nn\.modules|transformers\.models|__main__|models?)\./.test(
    global,
  );
}

interface Unpickled {
  readonly value: PickleValue;
  readonly storages: FindStorage;
}

function readArchive(bytes: Uint8Array, path: string): Unpickled {
  const files = unzip(bytes, path);
  assertStateDictArchive([...files.keys()], path);
  const pickleName = [...files.keys()].find((name) => /(^|\/)data\.pkl$/.test(name));
  if (pickleName === undefined) {
    throw new UnusableModel(`${path} is a zip archive without data.pkl; expected a file of torch.save`);
  }
  const home = pickleName.slice(0, -'data.pkl'.length);
  const byteOrder = files.get(`${home}byteorder`);
  if (byteOrder && new TextDecoder().decode(byteOrder) !== 'little') {
    throw new UnusableModel(`${path} was saved on a big-endian machine; save it on another one`);
  }
  const { value } = readPickle(files.get(pickleName)!, 0, path);
  return { value, storages: (key) => files.get(`${home}data/${key}`) };
}

/** PyTorch stores its files without compression, so that none can grow when it is unpacked. */
function unzip(bytes: Uint8Array, path: string): Map<string, Uint8Array> {
  const compressed = new Set<string>();
  try {
    const files = unzipSync(bytes, {
      filter: ({ name, compression }) => {
        if (compression !== 0) compressed.add(name);
        return compression === 0;
      },
    });
    if (compressed.size === 0) return new Map(Object.entries(files));
  } catch (error) {
    throw new UnusableModel(`${path} is a damaged zip archive: ${(error as Error).message}`);
  }
  throw new UnusableModel(
    `${path} is a compressed zip archive, which torch.save does not write: unpack it and use the file inside`,
  );
}

const legacyMagic = 0x1950a86a20f9469cfc6cn;

/** Magic number, version, system, the value, the storages' keys; then each storage's length and elements. */
function readLegacy(bytes: Uint8Array, path: string): Unpickled {
  let at = 0;
  const next = (): PickleValue => {
    const { value, end } = readPickle(bytes, at, path);
    at = end;
    return value;
  };
  if (next() !== legacyMagic) throw new UnusableModel(`${path} is a pickle, but not one of torch.save`);
  next();
  next();
  const value = next();
  const keys = next();
  if (!areKeys(keys)) throw new UnusableModel(`${path} does not list its storages; it is damaged`);
  const types = storageTypes(value);
  const storages = new Map<string, Uint8Array>();
  for (const key of keys) {
    const type = types.get(String(key));
    const length =
      at + 8 <= bytes.length
        ? Number(new DataView(bytes.buffer, bytes.byteOffset).getBigInt64(at, true))
        : -1;
    const end = at + 8 + length * (type ? elementBytes[type] : 1);
    if (!type || length < 0 || end > bytes.length) {
      throw new UnusableModel(
        `${path} was cut off or is damaged: storage ${shown(String(key))} is not complete`,
      );
    }
    storages.set(String(key), bytes.subarray(at + 8, end));
    at = end;
  }
  return { value, storages: (key) => storages.get(key) };
}

function areKeys(value: PickleValue): value is (string | number)[] {
  return Array.isArray(value) && value.every((key) => typeof key === 'string' || typeof key === 'number');
}

/** The element type of every storage that a value mentions. */
function storageTypes(value: PickleValue): Map<string, ElementType> {
  const types = new Map<string, ElementType>();
  const seen = new Set<PickleValue>();
  const open = [value];
  for (let item = open.pop(); item !== undefined; item = open.pop()) {
    if (seen.has(item)) continue;
    if (typeof item === 'object') seen.add(item);
    if (item instanceof PickledTensor) {
      const storage = storageOf(item.storage);
      if (storage) types.set(storage.key, storage.type);
    } else if (item instanceof Map || Array.isArray(item)) {
      for (const inner of item.values()) open.push(inner);
    }
  }
  return types;
}

const typesByClass: Readonly<Record<string, ElementType>> = {
  'torch.DoubleStorage': 'F64',
  'torch.FloatStorage': 'F32',
  'torch.HalfStorage': 'F16',
  'torch.BFloat16Storage': 'BF16',
  'torch.LongStorage': 'I64',
  'torch.IntStorage': 'I32',
  'torch.ShortStorage': 'I16',
  'torch.CharStorage': 'I8',
  'torch.ByteStorage': 'U8',
  'torch.BoolStorage': 'BOOL',
};

function storageOf({
  parts,
}: PersistentId): { readonly key: string; readonly type: ElementType } | undefined {
  const [kind, type, key] = parts;
  const known = type instanceof PickleGlobal ? typesByClass[type.name] : undefined;
  return kind === 'storage' && known && (typeof key === 'string' || typeof key === 'number')
    ? { key: String(key), type: known }
    : undefined;
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
