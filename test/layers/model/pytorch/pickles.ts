/** PyTorch files of the tests' own making, as small as the format allows. */
import { zipSync } from 'fflate';

function text(value: string) {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([0x8c, bytes.length]), bytes]);
}
function global(module: string, name: string) {
  return Buffer.from(`c${module}\n${name}\n`);
}

/** A pickle of protocol 4 from its operations. */
export function pickle(...operations: (string | number | Uint8Array)[]): Uint8Array {
  const parts = operations.map((part) =>
    typeof part === 'string'
      ? Buffer.from(part, 'latin1')
      : typeof part === 'number'
        ? Buffer.of(part)
        : part,
  );
  return new Uint8Array(Buffer.concat([Buffer.of(0x80, 4), ...parts, Buffer.from('.')]));
}

/** A float32 tensor of the storage `key`. */
export function tensor(
  key: string,
  shape: readonly number[],
  { offset = 0, strides = rowMajor(shape), storage = 'FloatStorage', elements = 4 } = {},
): Uint8Array {
  const counts = (values: readonly number[]) =>
    Buffer.concat([
      Buffer.from('('),
      ...values.map((value) => Buffer.of(0x4d, value & 255, value >> 8)),
      Buffer.from('t'),
    ]);
  return Buffer.concat([
    global('torch._utils', '_rebuild_tensor_v2'),
    Buffer.from('('),
    Buffer.from('('),
    ...[text('storage'), global('torch', storage), text(key), text('cpu'), Buffer.of(0x4b, elements)],
    Buffer.from('tQ'),
    Buffer.of(0x4d, offset & 255, offset >> 8),
    counts(shape),
    counts(strides),
    Buffer.from([0x89]),
    global('collections', 'OrderedDict'),
    Buffer.from(')R'),
    Buffer.from('tR'),
  ]);
}

function rowMajor(shape: readonly number[]): number[] {
  return shape.map((_, i) => shape.slice(i + 1).reduce((product, side) => product * side, 1));
}

/** A dictionary of these entries. */
export function dictionary(entries: Readonly<Record<string, Uint8Array>>): Uint8Array {
  const items = Object.entries(entries).flatMap(([key, value]) => [text(key), value]);
  return Buffer.concat([Buffer.from('}('), ...items, Buffer.from('u')]);
}

/** A zip archive as `torch.save` writes it. */
export function archive(
  value: Uint8Array,
  storages: Readonly<Record<string, Uint8Array>> = {},
  more: Readonly<Record<string, Uint8Array>> = {},
): Uint8Array {
  const files = {
    'archive/data.pkl': pickle(value),
    ...Object.fromEntries(Object.entries(storages).map(([key, bytes]) => [`archive/data/${key}`, bytes])),
    ...more,
  };
  return zipSync(files, { level: 0 });
}

/** The legacy format with one storage of float32. */
export function legacy(value: Uint8Array, key: string, storage: Uint8Array): Uint8Array {
  const magic = Buffer.concat([Buffer.of(0x8a, 10), Buffer.from('6cfc9c46f9206aa85019', 'hex')]);
  const length = Buffer.alloc(8);
  length.writeBigInt64LE(BigInt(storage.length / 4));
  return Buffer.concat([
    ...[pickle(magic), pickle('M', Uint8Array.of(0xe9, 3)), pickle('}'), pickle(value)],
    pickle(']', text(key), 'a'),
    ...[length, storage],
  ]);
}

/** A safetensors file. @param header An object, or the text of it. */
export function safetensors(header: unknown, data: Uint8Array = new Uint8Array()): Uint8Array {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, data]);
}

export function floats(...values: number[]): Uint8Array {
  return new Uint8Array(Float32Array.from(values).buffer);
}
