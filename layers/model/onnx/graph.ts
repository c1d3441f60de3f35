/** An ONNX graph in memory: nodes in execution order, and weights that are read only when the graph is written. */
import { UnusableModel } from '../unusable-model.ts';

/** A plain number is an integer. */
export type AttributeValue = number | readonly number[] | string | { readonly float: number };

export interface GraphNode {
  readonly opType: string;
  readonly name: string;
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly attributes: Readonly<Record<string, AttributeValue>>;
}

export interface Weight {
  readonly name: string;
  readonly dims: readonly number[];
  /** Row-major. @throws UnusableModel if the source is damaged. */
  readonly read: () => Float32Array | BigInt64Array;
}

export interface Graph {
  readonly nodes: readonly GraphNode[];
  readonly weights: ReadonlyMap<string, Weight>;
}

export interface GraphBuilder extends Graph {
  /**
   * Appends a node.
   *
   * @param name Made unique if it is taken. @param ignored Names of further outputs that nothing reads.
   * @returns The name of the first output.
   */
  node(
    opType: string,
    name: string,
    input: readonly string[],
    attributes?: Readonly<Record<string, AttributeValue>>,
    ignored?: readonly string[],
  ): string;
  /** Adds a float32 tensor. @returns Its name, made unique. */
  weight(name: string, dims: readonly number[], read: () => Float32Array): string;
  /** Adds a list of int64 numbers. */
  integers(name: string, values: readonly number[]): string;
  /** Adds a float32 number. */
  scalar(name: string, value: number): string;
}

// The largest network of keras.applications has about 2,000. Nested models that call each other twice double at every level.
const maxNodes = 50_000;

/** @param source Of the model, for messages. */
export function createGraph(source: string, inputName: string): GraphBuilder {
  const nodes: GraphNode[] = [];
  const weights = new Map<string, Weight>();
  const uses = new Map([[inputName, 1]]);

  function unique(name: string): string {
    const count = (uses.get(name) ?? 0) + 1;
    uses.set(name, count);
    return count === 1 ? name : unique(`${name}_${count}`);
  }

  function weight(wanted: string, dims: readonly number[], read: Weight['read']): string {
    const name = unique(wanted);
    weights.set(name, { name, dims, read });
    return name;
  }

  return {
    nodes,
    weights,
    node(opType, wanted, input, attributes = {}, ignored = []) {
      if (nodes.length >= maxNodes) {
        throw new UnusableModel(
          `${source} has more than ${maxNodes} operations; conversion stopped at '${wanted}'`,
        );
      }
      const name = unique(wanted);
      nodes.push({ opType, name, input, output: [name, ...ignored.map(unique)], attributes });
      return name;
    },
    weight,
    integers: (name, values) =>
      weight(name, [values.length], () => BigInt64Array.from(values, (value) => BigInt(value))),
    scalar: (name, value) => weight(name, [], () => Float32Array.of(value)),
  };
}
