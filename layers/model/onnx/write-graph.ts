/** A graph in memory -> `model.onnx` with its weights in `model.bin` next to it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UnusableModel } from '../unusable-model.ts';
import { createDataFile, type DataFile } from './data-file.ts';
import type { AttributeValue, Graph, GraphNode, Weight } from './graph.ts';
import {
  type AttributeProto,
  encodeModel,
  float32,
  floatAttribute,
  int64,
  intAttribute,
  intsAttribute,
  type NodeProto,
  stringAttribute,
  type TensorProto,
  type ValueProto,
} from './proto.ts';

/** An input or output; a name stands for a dynamic dimension. */
export interface GraphValue {
  readonly name: string;
  readonly dims: readonly (number | string)[];
}

const opset = 18;
// The first version of the format that knows opset 18.
const irVersion = 8;

/**
 * Writes the weights one at a time, so that at most one is in memory.
 *
 * @returns The path of the .onnx file.
 * @throws UnusableModel if a weight cannot be read or is not a finite number.
 */
export function writeGraph(
  graph: Graph,
  values: { readonly title: string; readonly input: GraphValue; readonly outputs: readonly GraphValue[] },
  folder: string,
): string {
  const data = createDataFile(join(folder, 'model.bin'));
  try {
    const path = join(folder, 'model.onnx');
    const proto = {
      name: values.title,
      node: graph.nodes.map(nodeProto),
      initializer: [...graph.weights.values()].map((weight) => tensorProto(weight, data)),
      input: [valueProto(values.input)],
      output: values.outputs.map(valueProto),
    };
    writeFileSync(
      path,
      encodeModel({ irVersion, producerName: 'bucketlens', graph: proto, opsetImport: [{ version: opset }] }),
    );
    return path;
  } finally {
    data.close();
  }
}

// ONNX Runtime infers shapes from pads and scales, which therefore have to stand in the file itself.
const maxInline = 8;

function tensorProto({ name, dims, read }: Weight, data: DataFile): TensorProto {
  const values = read();
  const rawData = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  if (!(values instanceof Float32Array)) return { name, dims, dataType: int64, rawData };
  assertFinite(values, name);
  return values.length <= maxInline
    ? { name, dims, dataType: float32, rawData }
    : data.append(name, [...dims], values);
}

/** @throws UnusableModel naming the weight. */
export function assertFinite(values: Float32Array, weight: string): void {
  if (values.every(Number.isFinite)) return;
  throw new UnusableModel(
    `'${weight}' holds weights that are not finite numbers; the training diverged or the file is damaged`,
  );
}

function nodeProto({ opType, name, input, output, attributes }: GraphNode): NodeProto {
  return { opType, name, input, output, attribute: Object.entries(attributes).map(attributeProto) };
}

function attributeProto([name, value]: [string, AttributeValue]): AttributeProto {
  if (typeof value === 'number') return { name, type: intAttribute, i: value };
  if (typeof value === 'string') return { name, type: stringAttribute, s: new TextEncoder().encode(value) };
  if ('float' in value) return { name, type: floatAttribute, f: value.float };
  return { name, type: intsAttribute, ints: value };
}

function valueProto({ name, dims }: GraphValue): ValueProto {
  return {
    name,
    type: {
      tensorType: {
        elemType: float32,
        shape: { dim: dims.map((dim) => (typeof dim === 'number' ? { dimValue: dim } : { dimParam: dim })) },
      },
    },
  };
}
