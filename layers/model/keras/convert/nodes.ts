/** Nodes that keep the shape of their input, named after their layer and operator. */
import type { AttributeValue } from '../../onnx/graph.ts';
import { type LayerCall, type Value, value } from './layer-call.ts';

/** A node with one input. */
export function unary(
  call: LayerCall,
  input: Value,
  opType: string,
  attributes: Readonly<Record<string, AttributeValue>> = {},
): Value {
  return value(call.graph.node(opType, nodeName(call, opType), [input.name], attributes), input.shape);
}

/** A node with two inputs of the same shape. */
export function binary(call: LayerCall, opType: string, left: Value, right: Value): Value {
  return value(call.graph.node(opType, nodeName(call, opType), [left.name, right.name]), left.shape);
}

/** A node whose second input is a number. */
export function withNumber(call: LayerCall, opType: string, input: Value, number: number): Value {
  const name = nodeName(call, opType);
  return value(
    call.graph.node(opType, name, [input.name, call.graph.scalar(`${name}/by`, number)]),
    input.shape,
  );
}

function nodeName({ path }: LayerCall, opType: string): string {
  return `${path}/${opType.toLowerCase()}`;
}

export function clip(call: LayerCall, input: Value, minimum: number, maximum: number): Value {
  const { graph, path } = call;
  const limits = [graph.scalar(`${path}/min`, minimum), graph.scalar(`${path}/max`, maximum)];
  return value(graph.node('Clip', `${path}/clip`, [input.name, ...limits]), input.shape);
}
