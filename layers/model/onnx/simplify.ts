/** Exact simplifications of a graph: paddings merged into the nodes after them, batch normalisation folded, dead nodes dropped. */
import { foldNormalisations } from './fold-normalisations.ts';
import type { Graph, GraphNode } from './graph.ts';
import { type Index, indexOf } from './graph-index.ts';

/**
 * @param outputs Names of the values that have to be kept.
 * @returns The same network; weights that nothing reads any more are gone.
 */
export function simplify(graph: Graph, outputs: readonly string[]): Graph {
  return dropDead(foldNormalisations(mergePads(graph), outputs), outputs);
}

/** Zero padding before a convolution, or before a maximum of values that are never negative, becomes the node's own. */
function mergePads(graph: Graph): Graph {
  const { producerOf } = indexOf(graph);
  const merge = (node: GraphNode): GraphNode => {
    const pad = producerOf.get(node.input[0] ?? '');
    if (pad?.opType !== 'Pad' || !canCarryPad(node, pad, producerOf) || !isZeroBorder(pad, graph))
      return node;
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

/** True for a border of zeros around images, which is the padding of convolutions. */
function isZeroBorder(pad: GraphNode, { weights }: Graph): boolean {
  const pads = Array.from(weights.get(pad.input[1]!)!.read(), Number);
  const isAround = pads.length === 8 && [0, 1, 4, 5].every((place) => pads[place] === 0);
  return isAround && Number(weights.get(pad.input[2]!)!.read()[0]) === 0;
}

/** [top, left, bottom, right] of a Pad of [batch, channels, height, width]. */
function spatialPads(pad: GraphNode, { weights }: Graph): [number, number, number, number] {
  const all = Array.from(weights.get(pad.input[1]!)!.read(), Number);
  return [all[2]!, all[3]!, all[6]!, all[7]!];
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
