/** Follows a value back through operators that pass it on. */
import type { NodeProto } from './proto.ts';

export interface Trace {
  /** The value that all of these operators pass on. */
  readonly value: string;
  /** The operators, the last one first. */
  readonly passing: readonly NodeProto[];
}

/**
 * Follows a value back, by the first input of each operator that passes values on.
 *
 * @param operators Those that pass values on.
 * @returns Undefined for a value that depends on itself: a damaged graph may have a cycle.
 */
export function traceBack(
  value: string,
  producerOf: ReadonlyMap<string, NodeProto>,
  operators: ReadonlySet<string>,
): Trace | undefined {
  const passing = new Set<NodeProto>();
  let found = value;
  for (let node = producerOf.get(found); node && operators.has(node.opType); node = producerOf.get(found)) {
    if (passing.has(node)) return undefined;
    passing.add(node);
    found = node.input[0] ?? '';
  }
  return { value: found, passing: [...passing] };
}
