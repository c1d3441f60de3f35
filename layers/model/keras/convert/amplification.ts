/** How much a network stretches the pixels before its first layer with weights, which tells raw pixels from scaled ones. */
import type { Graph, GraphNode } from '../../onnx/graph.ts';

const rearranging = new Set([
  ...[
    'Cast',
    'Concat',
    'Expand',
    'Flatten',
    'Gather',
    'Identity',
    'Pad',
    'Reshape',
    'Resize',
    'Slice',
    'Split',
  ],
  ...['Squeeze', 'Transpose', 'Unsqueeze'],
]);

/**
 * The largest factor between two pixels of the input and the same two at any point of the arithmetic that follows it.
 * Preparing raw pixels (0 to 255) never takes more than 1: a model that goes beyond was trained on pixels that were scaled
 * down before they reached it, often by 1/255.
 */
export function amplificationOf({ nodes, weights }: Graph, input: string): number {
  const factors = new Map([[input, 1]]);
  for (const node of nodes) {
    const factor = factorOf(node, factors, weights);
    if (factor !== undefined) for (const name of node.output) factors.set(name, factor);
  }
  return Math.max(...factors.values());
}

/** @returns undefined for a node that is neither arithmetic with constants nor moves pixels. */
function factorOf(
  { opType, input }: GraphNode,
  factors: ReadonlyMap<string, number>,
  weights: Graph['weights'],
): number | undefined {
  const pixels = input.map((name) => factors.get(name)).filter((factor) => factor !== undefined);
  if (pixels.length === 0) return undefined;
  const factor = Math.max(...pixels);
  if (rearranging.has(opType)) return factor;
  const [first, second] = input;
  const table = weights.get((factors.has(first!) ? second : first) ?? '');
  if (!table) return undefined;
  if (opType === 'Add' || opType === 'Sub') return factor;
  const numbers = [...table.read()].map((number) => Math.abs(Number(number)));
  if (opType === 'Mul') return factor * largest(numbers);
  if (opType === 'Div' && factors.has(first!)) return factor * largest(numbers.map((number) => 1 / number));
  return undefined;
}

function largest(numbers: readonly number[]): number {
  return numbers.reduce((most, number) => Math.max(most, number), 0);
}
