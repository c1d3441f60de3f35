/** Finds eight-bit weights that some processors cannot multiply exactly. */
import {
  type GraphProto,
  int8,
  type NodeProto,
  producersOf,
  type TensorProto,
  toNumber,
} from '../onnx/proto.ts';
import { traceBack } from '../onnx/trace-back.ts';
import { integerOf } from './float-graph.ts';
import { greatestWeight } from './rounding.ts';

/** The input that holds the weights of each operator which ONNX Runtime computes by adding pairs of products in 16 bits. */
const weightsOf: Readonly<Record<string, number>> = {
  Conv: 1,
  ConvInteger: 1,
  Gemm: 1,
  MatMul: 1,
  MatMulInteger: 1,
  DynamicQuantizeMatMul: 1,
  MatMulIntegerToFloat: 1,
  QGemm: 3,
  QLinearConv: 3,
  QLinearMatMul: 3,
};

/** They hand weights on without computing with them. */
const transparent = new Set(['DequantizeLinear', 'Identity', 'Reshape', 'Transpose']);

/**
 * Returns a sentence on a network that computes with integers if its sums can be cut off on a processor with AVX2 and without
 * VNNI, which would change labels without notice.
 */
export function saturationOf(graph: GraphProto): string | undefined {
  const found = saturatingLayers(graph);
  const [first] = found;
  if (!first) return undefined;
  return `the processor multiplies bytes exactly, as arm64 and x86 with VNNI do: on others, eight-bit weights such as those of '${first.name || first.output[0]}' (${found.length === 1 ? '1 layer' : `${found.length} layers`}) can cut off sums and change labels; quantise with reduce_range=True, or build the float32 network with --precision int8`;
}

function saturatingLayers(graph: GraphProto): NodeProto[] {
  const tensors = new Map(graph.initializer.map((tensor) => [tensor.name, tensor]));
  const producerOf = producersOf(graph);
  return graph.node.filter((layer) => {
    const name = layer.input[weightsOf[layer.opType] ?? Number.POSITIVE_INFINITY] ?? '';
    const origin = traceBack(name, producerOf, transparent);
    const tensor = origin && tensors.get(origin.value);
    return tensor?.dataType === int8 && isWide(tensor) && !isDepthwise(layer, tensor);
  });
}

/** True if weights exceed seven bits, or cannot be seen because they are in a file of their own. */
function isWide({ rawData }: TensorProto): boolean {
  return !rawData?.length || new Int8Array(rawData).some((weight) => Math.abs(weight) > greatestWeight);
}

/** Depthwise kernels are multiplied in 32 bits. */
function isDepthwise(layer: NodeProto, { dims }: TensorProto): boolean {
  const groups = integerOf(layer, 'group', 1);
  return groups > 1 && toNumber(dims[0]!) === groups && toNumber(dims[1]!) === 1;
}
