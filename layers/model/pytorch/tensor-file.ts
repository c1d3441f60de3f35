/** The vocabulary of files that hold named tensors: PyTorch state dicts and safetensors. */
import { shown, UnusableModel } from '../unusable-model.ts';

/** A tensor that is read only when it is needed. */
export interface StoredTensor {
  readonly shape: readonly number[];
  /** Row-major, as float32. @throws UnusableModel if the type is none of floats. */
  readonly read: () => Float32Array;
}

export type TensorMap = ReadonlyMap<string, StoredTensor>;

/** Types of elements, by their names in safetensors. */
export type ElementType = keyof typeof elementBytes;

export const elementBytes = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U8: 1,
  BOOL: 1,
} as const;

/**
 * Converts little-endian elements to float32.
 *
 * @param name For the message.
 */
export function toFloats(bytes: Uint8Array, type: ElementType, name: string): Float32Array {
  if (type === 'F32') return new Float32Array(new Uint8Array(bytes).buffer);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = bytes.byteLength / elementBytes[type];
  const readers: Partial<Record<ElementType, (index: number) => number>> = {
    F64: (i) => view.getFloat64(8 * i, true),
    F16: (i) => halfToNumber(view.getUint16(2 * i, true)),
    BF16: (i) => brainToNumber(view.getUint16(2 * i, true)),
  };
  const read = readers[type];
  if (read) return Float32Array.from({ length: count }, (_, i) => read(i));
  throw new UnusableModel(`tensor '${shown(name)}' holds ${type} elements; expected floats`);
}

function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/** The upper half of a float32. */
function brainToNumber(bits: number): number {
  return new Float32Array(Uint32Array.of(bits << 16).buffer)[0]!;
}
