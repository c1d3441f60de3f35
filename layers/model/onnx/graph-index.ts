/** The connections of a graph. */
import type { Graph, GraphNode } from './graph.ts';

export interface Index {
  readonly producerOf: ReadonlyMap<string, GraphNode>;
  readonly consumersOf: ReadonlyMap<string, number>;
}

export function indexOf({ nodes }: Graph): Index {
  const consumersOf = new Map<string, number>();
  for (const name of nodes.flatMap(({ input }) => input)) {
    consumersOf.set(name, (consumersOf.get(name) ?? 0) + 1);
  }
  return {
    producerOf: new Map(nodes.flatMap((node) => node.output.map((name) => [name, node] as const))),
    consumersOf,
  };
}
