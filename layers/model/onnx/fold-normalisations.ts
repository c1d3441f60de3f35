/**
 * At inference a batch normalisation is `(x - mean) * scale + beta` with `scale = gamma / sqrt(variance + epsilon)`, one for
 * each channel. After a convolution or a matrix product `x = w * input + bias` that is the same by `w * scale` with the bias
 * `(bias - mean) * scale + beta`. Computed in double precision and rounded once.
 */
import type { Graph, GraphNode, Weight } from './graph.ts';
import { indexOf } from './graph-index.ts';

/** @param outputs Names of the values that have to be kept. */
export function foldNormalisations(graph: Graph, outputs: readonly string[]): Graph {
  const { producerOf, consumersOf } = indexOf(graph);
  const isInner = (name: string) => consumersOf.get(name) === 1 && !outputs.includes(name);
  const weights = new Map(graph.weights);
  const replacements = new Map<GraphNode, readonly GraphNode[]>();
  for (const node of graph.nodes) {
    if (node.opType !== 'BatchNormalization' || !isInner(node.input[0]!)) continue;
    const linear = linearAt(producerOf.get(node.input[0]!), { producerOf, isInner, weights });
    if (!linear) continue;
    const folded = foldedWeights(linear, node, graph.weights);
    for (const weight of folded) weights.set(weight.name, weight);
    replacements.set(node, replace(linear.node, node, folded));
  }
  return { nodes: graph.nodes.flatMap((node) => replacements.get(node) ?? [node]), weights };
}

interface Linear {
  readonly node: GraphNode;
  /** Name of the weight, if there is one. */
  readonly bias: string | undefined;
  /** The output channel of value i of the kernel is `floor(i / size) % count`. */
  readonly size: number;
  readonly count: number;
}

interface Surroundings {
  readonly producerOf: ReadonlyMap<string, GraphNode>;
  readonly isInner: (name: string) => boolean;
  readonly weights: ReadonlyMap<string, Weight>;
}

/** The convolution or product that computes a value, with the bias added to it. */
function linearAt(node: GraphNode | undefined, around: Surroundings): Linear | undefined {
  const { dims = [] } = around.weights.get(node?.input[1] ?? '') ?? {};
  if (node?.opType === 'Conv') {
    return { node, bias: node.input[2], size: area(dims.slice(1)), count: dims[0]! };
  }
  if (node?.opType === 'ConvTranspose') {
    return { node, bias: node.input[2], size: area(dims.slice(2)), count: dims[1]! };
  }
  if (node?.opType === 'Add' && around.isInner(node.input[0]!) && around.weights.has(node.input[1]!)) {
    const product = productAt(around.producerOf.get(node.input[0]!), around);
    return product && { ...product, bias: node.input[1] };
  }
  return productAt(node, around);
}

/** Vectors by a matrix [inputs, outputs]. In the products that scale images the matrix of weights comes first. */
function productAt(node: GraphNode | undefined, { weights }: Surroundings): Linear | undefined {
  const kernel = weights.get(node?.input[1] ?? '');
  if (node?.opType !== 'MatMul' || kernel?.dims.length !== 2) return undefined;
  return { node, bias: undefined, size: 1, count: kernel.dims[1]! };
}

function area(dims: readonly number[]): number {
  return dims.reduce((a, b) => a * b, 1);
}

function replace(
  linear: GraphNode,
  normalisation: GraphNode,
  [kernel, bias]: readonly [Weight, Weight],
): readonly GraphNode[] {
  const [input] = linear.input as [string];
  if (linear.opType !== 'MatMul') {
    return [{ ...linear, input: [input, kernel.name, bias.name], output: normalisation.output }];
  }
  const product = { ...linear, input: [input, kernel.name], output: [`${normalisation.name}/product`] };
  return [
    product,
    { ...normalisation, opType: 'Add', input: [product.output[0]!, bias.name], attributes: {} },
  ];
}

function foldedWeights(
  { node, bias: biasName, size, count }: Linear,
  normalisation: GraphNode,
  weights: ReadonlyMap<string, Weight>,
): [kernel: Weight, bias: Weight] {
  const [gamma, beta, mean, variance] = normalisation.input.slice(1).map((name) => weights.get(name)!);
  const epsilon = (normalisation.attributes.epsilon as { readonly float: number }).float;
  const kernel = weights.get(node.input[1]!)!;
  const bias = weights.get(biasName ?? '');

  const readScale = () => {
    const variances = variance!.read() as Float32Array;
    return Float64Array.from(
      gamma!.read() as Float32Array,
      (value, i) => value / Math.sqrt(variances[i]! + epsilon),
    );
  };
  return [
    {
      name: `${kernel.name}_folded`,
      dims: kernel.dims,
      read: () => {
        const values = (kernel.read() as Float32Array).slice();
        const scale = readScale();
        for (let i = 0; i < values.length; i++) values[i] = values[i]! * scale[Math.floor(i / size) % count]!;
        return values;
      },
    },
    {
      name: `${kernel.name}_bias`,
      dims: gamma!.dims,
      read: () => {
        const biases = bias?.read() as Float32Array | undefined;
        const means = mean!.read() as Float32Array;
        const betas = beta!.read() as Float32Array;
        return Float32Array.from(
          readScale(),
          (scale, i) => ((biases?.[i] ?? 0) - means[i]!) * scale + betas[i]!,
        );
      },
    },
  ];
}
