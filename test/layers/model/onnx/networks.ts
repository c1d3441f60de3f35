/** Small ONNX networks, written node by node. */
import { writeFileSync } from 'node:fs';
import {
  type AttributeProto,
  encodeModel,
  float32,
  type GraphProto,
  intAttribute,
  intsAttribute,
  type NodeProto,
  type TensorProto,
  type ValueProto,
} from '../../../../layers/model/onnx/proto.ts';

/** A dimension: fixed, or the name of a dynamic one. */
export type Dimension = number | string;

export function value(name: string, dims: readonly Dimension[], elemType = float32): ValueProto {
  const dim = dims.map((size) => (typeof size === 'number' ? { dimValue: size } : { dimParam: size }));
  return { name, type: { tensorType: { elemType, shape: { dim } } } };
}

export function node(
  opType: string,
  input: readonly string[],
  output: string,
  attributes: Readonly<Record<string, number | readonly number[]>> = {},
): NodeProto {
  return {
    name: output,
    opType,
    input,
    output: [output],
    attribute: Object.entries(attributes).map(
      ([name, content]): AttributeProto =>
        typeof content === 'number'
          ? { name, type: intAttribute, i: content }
          : { name, type: intsAttribute, ints: content },
    ),
  };
}

export function tensor(name: string, dims: readonly number[], values: readonly number[]): TensorProto {
  return { name, dims, dataType: float32, rawData: new Uint8Array(Float32Array.from(values).buffer) };
}

export function writeNetwork(path: string, graph: Omit<GraphProto, 'name'>, opset = 17): string {
  writeFileSync(
    path,
    encodeModel({ irVersion: 8, graph: { name: 'net', ...graph }, opsetImport: [{ version: opset }] }),
  );
  return path;
}

/**
 * Writes a network that scales the means of an image's channels by 1/100 and passes them through `nodes`, from `means` to
 * `scores`: three outputs, unless a node changes their number.
 */
export function writeMeans(
  path: string,
  nodes: readonly NodeProto[],
  more: Partial<Omit<GraphProto, 'name'>> = {},
): string {
  return writeNetwork(path, {
    node: [
      node('GlobalAveragePool', ['images'], 'pooled'),
      node('Flatten', ['pooled'], 'flat'),
      node('Gemm', ['flat', 'hundredths'], 'means'),
      ...nodes,
    ],
    input: [value('images', ['batch', 3, 8, 8])],
    output: [value('scores', ['batch', 'classes'])],
    ...more,
    initializer: [
      tensor('hundredths', [3, 3], [0.01, 0, 0, 0, 0.01, 0, 0, 0, 0.01]),
      ...(more.initializer ?? []),
    ],
  });
}
