/** Reads and writes ONNX files: the messages of onnx.proto. */
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import protobuf from 'protobufjs';
import { UnusableModel } from '../unusable-model.ts';

/** A 64-bit integer: an object when it was read, a plain number when it is to be written. */
type Int64 = number | { readonly toNumber: () => number };

export interface ModelProto {
  readonly irVersion: Int64;
  readonly producerName?: string;
  readonly graph: GraphProto;
  readonly opsetImport: readonly { readonly domain?: string; readonly version: Int64 }[];
}

export interface GraphProto {
  readonly name: string;
  readonly node: readonly NodeProto[];
  readonly initializer: readonly TensorProto[];
  readonly input: readonly ValueProto[];
  readonly output: readonly ValueProto[];
  /** Shapes of intermediate values, as far as the exporter inferred them. */
  readonly valueInfo?: readonly ValueProto[];
}

export interface NodeProto {
  readonly name: string;
  readonly opType: string;
  /** Absent or empty: ONNX's own operators. */
  readonly domain?: string;
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly attribute?: readonly AttributeProto[];
}

export interface AttributeProto {
  readonly name: string;
  readonly type: number;
  readonly f?: number;
  readonly i?: Int64;
  readonly s?: Uint8Array;
  readonly ints?: readonly Int64[];
  /** UTF-8. */
  readonly strings?: readonly Uint8Array[];
}

export interface TensorProto {
  readonly name: string;
  readonly dims: readonly Int64[];
  readonly dataType: number;
  /** The values of some float32 tensors; of others `rawData` has them. */
  readonly floatData?: readonly number[];
  /** UTF-8. */
  readonly stringData?: readonly Uint8Array[];
  readonly rawData?: Uint8Array;
  readonly dataLocation?: number;
  readonly externalData?: readonly { readonly key: string; readonly value: string }[];
}

export interface ValueProto {
  readonly name: string;
  readonly type: {
    readonly tensorType?: {
      readonly elemType: number;
      readonly shape?: { readonly dim: readonly DimensionProto[] };
    };
  };
}

/** A fixed size, or the name of a dynamic one; neither where the size is unknown. */
export interface DimensionProto {
  readonly dimValue?: Int64;
  readonly dimParam?: string;
}

/** `TensorProto.DataType` */
export const float32 = 1;
export const uint8 = 2;
export const int8 = 3;
export const int32 = 6;
export const int64 = 7;
export const float16 = 10;
export const float64 = 11;
/** `AttributeProto.AttributeType` */
export const floatAttribute = 1;
export const intAttribute = 2;
export const stringAttribute = 3;
export const intsAttribute = 7;
/** `TensorProto.DataLocation` */
export const external = 1;

const messages = protobuf.parse(readFileSync(new URL('onnx.proto', import.meta.url), 'utf8')).root;
const modelType = messages.lookupType('Model');

export function encodeModel(model: ModelProto): Uint8Array {
  return modelType.encode(model).finish();
}

/**
 * Reads an ONNX file. Fields that onnx.proto does not name are kept and written back by `encodeModel`.
 *
 * @throws UnusableModel if it is not ONNX or was cut off.
 */
export async function readModel(path: string): Promise<ModelProto> {
  const reader = protobuf.Reader.create(await readFile(path));
  reader.discardUnknown = false;
  try {
    const model = modelType.decode(reader) as unknown as ModelProto;
    if (model.graph?.node.length > 0) return model;
  } catch {
    // Reported below, like a file that happens to decode to an empty model.
  }
  throw new UnusableModel(`${path} is not a readable ONNX file: it is of another format, or was cut off`);
}

/** Finds the node that computes each value. */
export function producersOf({ node }: GraphProto): Map<string, NodeProto> {
  return new Map(node.flatMap((producer) => producer.output.map((name) => [name, producer] as const)));
}

export function toNumber(value: Int64): number {
  return typeof value === 'number' ? value : value.toNumber();
}
