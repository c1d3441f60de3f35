/** Decides which operators of a graph compute with integers, and which values are rounded to bytes for them. */
import type { NodeProto } from '../onnx/proto.ts';
import { type Constant, type FloatGraph, floatOf, integerOf } from './float-graph.ts';

/** A convolution or matrix product with constant weights. */
export interface WeightedLayer {
  readonly node: NodeProto;
  /** The name of the value that the weights are multiplied by. */
  readonly input: string;
  readonly kernel: Constant;
  /** The kernel's axis of output channels. */
  readonly axis: number;
  readonly bias: Constant | undefined;
}

export interface Plan {
  readonly layers: readonly WeightedLayer[];
  /**
   * The values that become bytes. Each one maps to the value whose scale it shares: its own name, or that of the value whose
   * bytes an operator moves without computing.
   */
  readonly rounded: ReadonlyMap<string, string>;
  /** Activations that rounding makes redundant: from a value to the activated one. */
  readonly merged: ReadonlyMap<string, string>;
}

/** They move values without computing any. */
const moving = new Set(['MaxPool', 'Reshape', 'Flatten', 'Transpose', 'Squeeze', 'Unsqueeze', 'Identity']);

/** They compute with integers if all their inputs are bytes. */
const following = new Set(['Add', 'Mul', 'Concat', 'AveragePool', 'GlobalAveragePool']);

/**
 * Plans the quantisation of a graph.
 *
 * The first convolution stays float32: it takes 3 % of the time, and without it the first label changes half as often. So do
 * the results of matrix products, logits above all, which ONNX Runtime computes from integers without rounding them.
 */
export function planOf(graph: FloatGraph): Plan {
  const layers: WeightedLayer[] = [];
  const rounded = new Map<string, string>();
  const merged = new Map<string, string>();
  const axes = new Map<string, string>();
  const firstConvolution = graph.nodes.find(({ opType }) => opType === 'Conv');

  function roundOutput(node: NodeProto): void {
    const [output] = node.output as [string];
    const end = activatedOutput(node, graph);
    if (end !== output) merged.set(output, end);
    rounded.set(end, end);
  }

  for (const node of graph.nodes.filter((node) => node !== firstConvolution)) {
    const [input = ''] = node.input;
    const [output = ''] = node.output;
    const layer = layerOf(node, graph);
    const axis = axes.get(input) ?? channelAxisOf(node);
    const origin = rounded.get(input);
    // The statistics of a value are those of one axis.
    if (layer && axis === channelAxisOf(node)) {
      axes.set(input, axis);
      layers.push(layer);
      rounded.set(input, origin ?? input);
      if (node.opType === 'Conv') roundOutput(node);
    } else if (graph.outputs.has(output)) {
      // Scores stay float32.
    } else if (moving.has(node.opType) && origin !== undefined) {
      rounded.set(output, origin);
    } else if (following.has(node.opType) && node.input.every((name) => rounded.has(name))) {
      roundOutput(node);
    }
  }
  return { layers, rounded, merged };
}

/** The axis of the channels of a layer's input. */
export function channelAxisOf({ opType }: NodeProto): 'second' | 'last' {
  return opType === 'Conv' ? 'second' : 'last';
}

/** Recognises layers that ONNX Runtime has integer kernels for. */
function layerOf(node: NodeProto, graph: FloatGraph): WeightedLayer | undefined {
  const [input = ''] = node.input;
  const kernel = graph.constant(node.input[1]);
  const bias = graph.constant(node.input[2]);
  if (!kernel || graph.constant(input) || (node.input[2] && !bias)) return undefined;
  const { opType } = node;
  if (opType === 'Conv') {
    const isSupported = kernel.dims.length === 4 && !graph.outputs.has(node.output[0]!);
    return isSupported ? { node, input, kernel, axis: 0, bias } : undefined;
  }
  if (kernel.dims.length !== 2) return undefined;
  if (opType === 'MatMul') return { node, input, kernel, axis: 1, bias };
  if (opType !== 'Gemm' || !isPlainProduct(node)) return undefined;
  const axis = integerOf(node, 'transB', 0) === 1 ? 0 : 1;
  return bias && bias.values.length !== kernel.dims[axis] ? undefined : { node, input, kernel, axis, bias };
}

function isPlainProduct(node: NodeProto): boolean {
  const factors = [floatOf(node, 'alpha'), floatOf(node, 'beta')];
  return integerOf(node, 'transA', 0) === 0 && factors.every((factor = 1) => factor === 1);
}

/** The output, or the value after an activation that cuts off below zero and perhaps above, as rounding to bytes does. */
function activatedOutput(node: NodeProto, graph: FloatGraph): string {
  const [output] = node.output as [string];
  const consumers = graph.consumersOf.get(output) ?? [];
  const [next] = consumers;
  // A Clip may also take it for a bound.
  if (consumers.length !== 1 || next?.input[0] !== output || graph.outputs.has(output)) return output;
  const [activated] = next.output as [string];
  return cutsOffAtZero(next, graph) && !graph.outputs.has(activated) ? activated : output;
}

function cutsOffAtZero(node: NodeProto, graph: FloatGraph): boolean {
  if (node.opType !== 'Clip') return node.opType === 'Relu';
  // Up to opset 10 the bounds are attributes.
  const least = floatOf(node, 'min') ?? graph.constant(node.input[1])?.values[0];
  return least === 0;
}
