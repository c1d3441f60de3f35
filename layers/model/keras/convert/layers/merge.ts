/** Layers and operations that combine tensors element by element. */

import type { Argument, Constant } from '../../graph/model-graph.ts';
import { isValue, type LayerCall, sizeOf, type Value, value } from '../layer-call.ts';
import {
  axisOf,
  fromKerasOrder,
  padShape,
  reshape,
  storedShape,
  storedTable,
  toKerasOrder,
} from '../layout.ts';

/** A layer such as Add, of two or more tensors. */
export function mergeLayer(opType: string): (call: LayerCall) => Value {
  return (call) => {
    const [first, ...others] = sameRank(call);
    return others.reduce((sum, input) => broadcast(call, opType, sum, input), first!);
  };
}

export function average(call: LayerCall): Value {
  const sum = mergeLayer('Add')(call);
  const count = call.graph.scalar(`${call.path}/count`, call.inputs.length);
  return value(call.graph.node('Div', call.path, [sum.name, count]), sum.shape);
}

/** Keras gives a tensor of fewer dimensions ones after the batch: [channels] is added to an image as [1, 1, channels]. */
function sameRank(call: LayerCall): Value[] {
  const rank = Math.max(...call.inputs.map(({ shape }) => shape.length));
  return call.inputs.map((input) =>
    input.shape.length === rank
      ? input
      : reshape(call.graph, `${call.path}/expanded`, input, padShape(input.shape, rank)),
  );
}

/** A recorded operation of two tensors, or a tensor and a number or table. */
export function operation(opType: string): (call: LayerCall) => Value {
  return (call) => {
    const left = operand(call, call.argument(0, 'x1'));
    const right = operand(call, call.argument(1, 'x2') ?? call.argument(1, 'y'));
    return combine(call, opType, left, right);
  };
}

/** Element by element, at least one of the two being a tensor. */
export function combine(call: LayerCall, opType: string, left: Operand, right: Operand): Value {
  if (isValue(left) && isValue(right)) {
    if (left.shape.length === right.shape.length) return broadcast(call, opType, left, right);
    return call.refuse(
      `combines tensors of the shapes [batch, ${left.shape.join(', ')}] and [batch, ${right.shape.join(', ')}]; expected the same number of dimensions`,
    );
  }
  if (isValue(left)) return withConstant(call, opType, left, right as Constant, (a, b) => [a, b]);
  if (isValue(right)) return withConstant(call, opType, right, left, (a, b) => [b, a]);
  return call.refuse('combines no tensors');
}

export type Operand = Value | Constant;

export function operand(call: LayerCall, argument: Argument<Value> | undefined): Operand {
  if (isValue(argument)) return argument;
  if (typeof argument === 'number') return { kind: 'constant', shape: [], values: [argument] };
  if (
    typeof argument === 'object' &&
    argument !== null &&
    'kind' in argument &&
    argument.kind === 'constant'
  ) {
    return argument;
  }
  if (Array.isArray(argument) && argument.every((item) => typeof item === 'number')) {
    return { kind: 'constant', shape: [argument.length], values: argument as number[] };
  }
  return call.refuse('has an operand that is neither a tensor nor a number');
}

function broadcast(call: LayerCall, opType: string, left: Value, right: Value): Value {
  const shape = broadcastShape(call, left.shape, right.shape);
  return value(call.graph.node(opType, call.path, [left.name, right.name]), shape);
}

function withConstant(
  call: LayerCall,
  opType: string,
  input: Value,
  constant: Constant,
  order: (tensor: string, table: string) => string[],
): Value {
  const { graph, path } = call;
  const rank = input.shape.length;
  const [batch, ...rest] = padShape(constant.shape, rank + 1);
  if (batch !== 1 || constant.shape.length > rank + 1) {
    return call.refuse(
      `has a constant of the shape [${constant.shape.join(', ')}] next to a tensor of [batch, ${input.shape.join(', ')}]`,
    );
  }
  const shape = broadcastShape(call, input.shape, rest);
  const isNumber = sizeOf(rest) === 1;
  const table = graph.weight(`${path}/constant`, isNumber ? [] : storedShape(rest), () =>
    storedTable(Float32Array.from(constant.values), rest),
  );
  return value(graph.node(opType, path, order(input.name, table)), shape);
}

function broadcastShape(call: LayerCall, left: readonly number[], right: readonly number[]): number[] {
  return left.map((size, i) => {
    const other = right[i]!;
    if (size === other || other === 1) return size;
    if (size === 1) return other;
    return call.refuse(
      `combines tensors of the shapes [${left.join(', ')}] and [${right.join(', ')}], which do not fit`,
    );
  });
}

/** The matrix product of two tensors along one axis of each. */
export function dot(call: LayerCall): Value {
  const { graph, path, settings } = call;
  const [left, right] = call.inputs as [Value, Value];
  if (left.shape.length > 2 || right.shape.length > 2 || left.shape.length !== right.shape.length) {
    return call.refuse('takes two vectors or two matrices');
  }
  if (settings.flag('normalize', false)) return call.refuse('has normalize, which is not supported');
  const axes = [settings.raw('axes')].flat();
  const [leftAxis, rightAxis] = (axes.length === 1 ? [axes[0], axes[0]] : axes).map((axis) =>
    typeof axis === 'number'
      ? axis
      : call.refuse(`has the axes ${JSON.stringify(axes)}; expected one or two numbers`),
  ) as [number, number];
  const rank = left.shape.length;
  const [i, j] = [axisOf(call, leftAxis, rank), axisOf(call, rightAxis, rank)];
  if (left.shape[i] !== right.shape[j]) return call.refuse('multiplies axes of different lengths');
  if (rank === 1) {
    const products = graph.node('Mul', `${path}/products`, [left.name, right.name]);
    const axis = graph.integers(`${path}/axis`, [1]);
    return value(graph.node('ReduceSum', path, [products, axis], { keepdims: 1 }), [1]);
  }
  const turned = (name: string) => graph.node('Transpose', `${path}/turned`, [name], { perm: [0, 2, 1] });
  const a = i === 1 ? left.name : turned(left.name);
  const b = j === 0 ? right.name : turned(right.name);
  return value(graph.node('MatMul', path, [a, b]), [left.shape[1 - i]!, right.shape[1 - j]!]);
}

/** The batched matrix product of numpy's `matmul`, in Keras' order. */
export function matmul(call: LayerCall): Value {
  const [left, right] = call.inputs;
  if (!left || !right) return call.refuse('multiplies a tensor by a constant; expected two tensors');
  const [a, b] = [left.shape, right.shape];
  const fits =
    a.length === b.length &&
    a.length >= 2 &&
    a.at(-1) === b.at(-2) &&
    a.slice(0, -2).join() === b.slice(0, -2).join();
  if (!fits) return call.refuse(`multiplies [batch, ${a.join(', ')}] by [batch, ${b.join(', ')}]`);
  const name = call.graph.node('MatMul', call.path, [
    toKerasOrder(call.graph, call.path, left),
    toKerasOrder(call.graph, call.path, right),
  ]);
  return fromKerasOrder(call.graph, call.path, name, [...a.slice(0, -1), b.at(-1)!]);
}
