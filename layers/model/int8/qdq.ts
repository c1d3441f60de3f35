/** Writes pairs of QuantizeLinear and DequantizeLinear, and dequantised constants. */
import {
  float32,
  int8,
  int32,
  intAttribute,
  type NodeProto,
  type TensorProto,
  uint8,
} from '../onnx/proto.ts';
import type { ByteScale } from './rounding.ts';

export interface QdqWriter {
  readonly nodes: NodeProto[];
  readonly tensors: readonly TensorProto[];
  /** Adds the scale of a value. */
  readonly scale: (name: string, scale: ByteScale) => void;
  /** Rounds a value to bytes and back, by the scale of `origin`. Its result is `roundedName(name)`. */
  readonly round: (name: string, origin: string) => void;
  /** Adds constant integers, with a scale for each place on an axis. @returns The name of what they stand for. */
  readonly constant: (
    name: string,
    integers: Int8Array | Int32Array,
    dims: TensorProto['dims'],
    scales: Float32Array,
    axis: number,
  ) => string;
}

/** The name of a value after it was rounded to bytes and back. */
export function roundedName(name: string): string {
  return `${name}__int8`;
}

export function createQdqWriter(opset: number): QdqWriter {
  const nodes: NodeProto[] = [];
  const tensors: TensorProto[] = [];
  // Scales for each channel came to ONNX with opset 13; ONNX Runtime's own operators go with any.
  const domain = opset < 13 ? 'com.microsoft' : '';

  function tensor(
    name: string,
    dataType: number,
    values: ArrayBufferView,
    dims: TensorProto['dims'],
  ): string {
    const rawData = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    tensors.push({ name, dims, dataType, rawData });
    return name;
  }

  function node(opType: string, input: readonly string[], output: string, axis?: number): void {
    const attribute = axis === undefined ? [] : [{ name: 'axis', type: intAttribute, i: axis }];
    nodes.push({ name: output, opType, domain, input, output: [output], attribute });
  }

  return {
    nodes,
    tensors,
    scale: (name, { scale, zero }) => {
      tensor(`${name}__scale`, float32, Float32Array.of(scale), []);
      tensor(`${name}__zero`, uint8, Uint8Array.of(zero), []);
    },
    round: (name, origin) => {
      const parameters = [`${origin}__scale`, `${origin}__zero`];
      node('QuantizeLinear', [name, ...parameters], `${name}__bytes`);
      node('DequantizeLinear', [`${name}__bytes`, ...parameters], roundedName(name));
    },
    constant: (name, integers, dims, scales, axis) => {
      const [dataType, zeros] =
        integers instanceof Int8Array
          ? [int8, new Int8Array(scales.length)]
          : [int32, new Int32Array(scales.length)];
      const input = [
        tensor(`${name}__integers`, dataType, integers, dims),
        tensor(`${name}__scale`, float32, scales, [scales.length]),
        tensor(`${name}__zero`, dataType, zeros, [scales.length]),
      ];
      node('DequantizeLinear', input, roundedName(name), axis);
      return roundedName(name);
    },
  };
}
