/**
 * Files of `torch.save`: a zip archive with the pickle and a file a storage, or the legacy format of pickles with the storages
 * behind them.
 */
import { unzipSync } from 'fflate';
import { shown, UnusableModel } from '../unusable-model.ts';
import { readPickle } from './pickle.ts';
import { type PersistentId, PickledTensor, PickleGlobal, type PickleValue } from './pickle-values.ts';
import { assertStateDictArchive } from './refusals.ts';
import { type ElementType, elementBytes } from './tensor-file.ts';

/** Gives the bytes of a storage by its key. */
export type FindStorage = (key: string) => Uint8Array | undefined;

export interface Unpickled {
  readonly value: PickleValue;
  readonly storages: FindStorage;
}

/** @param path For messages. @throws UnusableModel if the file is damaged or holds a program. */
export function unpickle(bytes: Uint8Array, path: string): Unpickled {
  return isZip(bytes) ? readArchive(bytes, path) : readLegacy(bytes, path);
}

export function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4;
}

function readArchive(bytes: Uint8Array, path: string): Unpickled {
  const files = unzip(bytes, path);
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

/** State dicts are stored without compression, so that none can grow when it is unpacked; TorchScript compresses its code. */
function unzip(bytes: Uint8Array, path: string): Map<string, Uint8Array> {
  const names: string[] = [];
  let files: Record<string, Uint8Array>;
  try {
    files = unzipSync(bytes, {
      filter: ({ name, compression }) => {
        names.push(name);
        return compression === 0;
      },
    });
  } catch (error) {
    throw new UnusableModel(`${path} is a damaged zip archive: ${(error as Error).message}`);
  }
  assertStateDictArchive(names, path);
  const stored = new Map(Object.entries(files));
  if (names.every((name) => stored.has(name))) return stored;
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
    seen.add(item);
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

/** The key and the element type of a storage, if it is one. */
export function storageOf({
  parts,
}: PersistentId): { readonly key: string; readonly type: ElementType } | undefined {
  const [kind, type, key] = parts;
  const known = type instanceof PickleGlobal ? typesByClass[type.name] : undefined;
  return kind === 'storage' && known && (typeof key === 'string' || typeof key === 'number')
    ? { key: String(key), type: known }
    : undefined;
}
