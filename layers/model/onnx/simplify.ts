/** Exact simplifications of a graph: paddings merged into the nodes after them, batch normalisation folded, dead nodes dropped. */
import type { Graph, GraphNode, Weight } from './graph.ts';

/**
 * @param outputs Names of the values that have to be kept.
 * @returns The same network; weights that nothing reads any more are gone.
 */
export function simplify(graph: Graph, outputs: readonly string[]): Graph {
  return dropDead(foldNormalisations(mergePads(graph), outputs), outputs);
}

interface Index {
  readonly producerOf: ReadonlyMap<string, GraphNode>;
  readonly consumersOf: ReadonlyMap<string, number>;
}

function indexOf({ nodes }: Graph): Index {
  const consumersOf = new Map<string, number>();
  for (const name of nodes.flatMap(({ input }) => input)) {
    consumersOf.set(name, (consumersOf.get(name) ?? 0) + 1);
  }
  return {
    producerOf: new Map(nodes.flatMap((node) => node.output.map((name) => [name, node] as const))),
    consumersOf,
  };
}

/** Zero padding before a convolution, or before a maximum of values that are never negative, becomes the node's own. */
function mergePads(graph: Graph): Graph {
  const { producerOf } = indexOf(graph);
  const merge = (node: GraphNode): GraphNode => {
    const pad = producerOf.get(node.input[0] ?? '');
    if (pad?.opType !== 'Pad' || !canCarryPad(node, pad, producerOf)) return node;
    const [top, left, bottom, right] = spatialPads(pad, graph);
    const own = (node.attributes.pads ?? [0, 0, 0, 0]) as readonly number[];
    const pads = [own[0]! + top, own[1]! + left, own[2]! + bottom, own[3]! + right];
    const window = node.attributes.kernel_shape as readonly number[];
    // A window that lies in the padding alone has no maximum.
    if (node.opType === 'MaxPool' && pads.some((value, i) => value >= window[i % 2]!)) return node;
    return {
      ...node,
      input: [pad.input[0]!, ...node.input.slice(1)],
      attributes: { ...node.attributes, pads },
    };
  };
  return { ...graph, nodes: graph.nodes.map(merge) };
}

function canCarryPad(node: GraphNode, pad: GraphNode, producerOf: Index['producerOf']): boolean {
  if (node.opType === 'Conv') return true;
  return node.opType === 'MaxPool' && producerOf.get(pad.input[0]!)?.opType === 'Relu';
}

/** [top, left, bottom, right] of a Pad of [batch, channels, height, width]. */
function spatialPads(pad: GraphNode, { weights }: Graph): [number, number, number, number] {
  const all = Array.from(weights.get(pad.input[1]!)!.read(), Number);
  return [all[2]!, all[3]!, all[6]!, all[7]!];
}

/**
 * At inference a batch normalisation is `(x - mean) * scale + beta` with `scale = gamma / sqrt(variance + epsilon)`, one for
 * each channel. After a convolution `x = w * input + bias` that is a convolution by `w * scale` with the bias
 * `(bias - mean) * scale + beta`. Computed in double precision and rounded once.
 */
function foldNormalisations(graph: Graph, outputs: readonly string[]): Graph {
  const { producerOf, consumersOf } = indexOf(graph);
  const weights = new Map(graph.weights);
  const replacements = new Map<GraphNode, GraphNode>();
  for (const node of graph.nodes) {
    if (node.opType !== 'BatchNormalization') continue;
    const convolution = producerOf.get(node.input[0]!);
    if (convolution?.opType !== 'Conv') continue;
    if (consumersOf.get(node.input[0]!) !== 1 || outputs.includes(node.input[0]!)) continue;
    const folded = foldedWeights(convolution, node, graph.weights);
    for (const weight of folded) weights.set(weight.name, weight);
    replacements.set(node, {
      ...convolution,
      input: [convolution.input[0]!, ...folded.map(({ name }) => name)],
      output: node.output,
    });
  }
  return { nodes: graph.nodes.map((node) => replacements.get(node) ?? node), weights };
}

function foldedWeights(
  convolution: GraphNode,
  normalisation: GraphNode,
  weights: ReadonlyMap<string, Weight>,
): [kernel: Weight, bias: Weight] {
  const [gamma, beta, mean, variance] = normalisation.input.slice(1).map((name) => weights.get(name)!);
  const epsilon = (normalisation.attributes.epsilon as { readonly float: number }).float;
  const kernel = weights.get(convolution.input[1]!)!;
  const bias = weights.get(convolution.input[2] ?? '');
  const channels = kernel.dims[0]!;

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
        const size = values.length / channels;
        for (let i = 0; i < values.length; i++) values[i] = values[i]! * scale[Math.floor(i / size)]!;
        return values;
      },
    },
    {
      name: `${kernel.name}_bias`,
      dims: [channels],
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

function dropDead({ nodes, weights }: Graph, outputs: readonly string[]): Graph {
  const needed = new Set(outputs);
  const kept = nodes.toReversed().filter((node) => {
    const isNeeded = node.output.some((name) => needed.has(name));
    if (isNeeded) for (const name of node.input) needed.add(name);
    return isNeeded;
  });
  return {
    nodes: kept.toReversed(),
    weights: new Map([...weights].filter(([name]) => needed.has(name))),
  };
}

/**
 * Renames values, such as outputs after the layers that compute them.
 *
 * @param names New names by old ones; a value that has a new name already gets another.
 */
export function renameValues(graph: Graph, names: ReadonlyMap<string, string>): Graph {
  const wanted = new Set(names.values());
  const rename = (name: string) => names.get(name) ?? (wanted.has(name) ? `${name}/inner` : name);
  return {
    nodes: graph.nodes.map((node) => ({
      ...node,
      input: node.input.map(rename),
      output: node.output.map(rename),
    })),
    weights: new Map(
      [...graph.weights].map(([name, weight]) => [rename(name), { ...weight, name: rename(name) }]),
    ),
  };
}
