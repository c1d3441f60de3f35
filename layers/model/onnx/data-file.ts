/** Writes the file that holds the weights of an .onnx file: ONNX Runtime maps it into memory instead of reading it. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { basename } from 'node:path';
import { external, float16, float32, type TensorProto } from './proto.ts';

export interface DataFile {
  /** Appends a tensor's values, float32 or the bits of float16, and returns a description of their place. */
  readonly append: (
    name: string,
    dims: TensorProto['dims'],
    values: Float32Array | Uint16Array,
  ) => TensorProto;
  readonly close: () => void;
}

// Mapped values are used in place, so each tensor begins on a cache line.
const alignmentBytes = 64;

/** Creates or truncates the file. Tensors are written one by one, so that only one is in memory. */
export function createDataFile(path: string): DataFile {
  const file = openSync(path, 'w');
  let end = 0;
  return {
    append: (name, dims, values) => {
      const offset = Math.ceil(end / alignmentBytes) * alignmentBytes;
      writeSync(
        file,
        new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
        0,
        values.byteLength,
        offset,
      );
      end = offset + values.byteLength;
      return {
        name,
        dims,
        dataType: values instanceof Float32Array ? float32 : float16,
        dataLocation: external,
        externalData: [
          { key: 'location', value: basename(path) },
          { key: 'offset', value: String(offset) },
          { key: 'length', value: String(values.byteLength) },
        ],
      };
    },
    close: () => closeSync(file),
  };
}
