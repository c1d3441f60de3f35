/** Activations that a model records as operations, with their parameters. */
import { gelu, leakyRelu, named, softmax } from '../activations.ts';
import type { Converter, LayerCall, Value } from '../layer-call.ts';
import { value } from '../layer-call.ts';
import { axisOf, storedAxis } from '../layout.ts';
import { binary, unary, withNumber } from '../nodes.ts';
import { glu, sparsemax } from '../wide-activations.ts';
import { axisOption, option } from './operations.ts';

export function activation(name: string): Converter {
  return (call) => named(call, call.inputs[0]!, name);
}

/** Elu and Celu. */
export function byAlpha(opType: 'Elu' | 'Celu'): Converter {
  return (call) => unary(call, call.inputs[0]!, opType, { alpha: { float: numberOption(call, 'alpha', 1) } });
}

/** Keeps what is further from 0 than the threshold; the soft one moves it towards 0. */
export function shrink(isSoft: boolean): Converter {
  return (call) => {
    const threshold = numberOption(call, 'threshold', 0.5);
    const attributes = { lambd: { float: threshold }, bias: { float: isSoft ? threshold : 0 } };
    return unary(call, call.inputs[0]!, 'Shrink', attributes);
  };
}

/** Replaces what is not above the threshold by another number. */
export function thresholdOperation(call: LayerCall): Value {
  const { graph, path } = call;
  const [input] = call.inputs as [Value];
  const isAbove = graph.node('Greater', `${path}/is_above`, [
    input.name,
    graph.scalar(`${path}/threshold`, numberOption(call, 'threshold', 0)),
  ]);
  const other = graph.scalar(`${path}/default`, numberOption(call, 'default_value', 0, 2));
  return value(graph.node('Where', path, [isAbove, input.name, other]), input.shape);
}

/** (x + sqrt(x² + b)) / 2 */
export function squareplusOperation(call: LayerCall): Value {
  const [input] = call.inputs as [Value];
  const under = withNumber(call, 'Add', binary(call, 'Mul', input, input), numberOption(call, 'b', 4));
  return withNumber(call, 'Div', binary(call, 'Add', input, unary(call, under, 'Sqrt')), 2);
}

export function geluOperation(call: LayerCall): Value {
  const isApproximate = option(call, 'approximate', 1, call.kerasMajor >= 3);
  return gelu(call, call.inputs[0]!, isApproximate === true);
}

export function softmaxOperation(call: LayerCall): Value {
  return softmax(call, call.inputs[0]!, axisOption(call, -1));
}

export function logSoftmaxOperation(call: LayerCall): Value {
  const [input] = call.inputs as [Value];
  const place = axisOf(call, axisOption(call, -1), input.shape.length);
  return unary(call, input, 'LogSoftmax', { axis: storedAxis(input.shape, place) });
}

export function gluOperation(call: LayerCall): Value {
  return glu(call, call.inputs[0]!, axisOption(call, -1));
}

export function sparsemaxOperation(call: LayerCall): Value {
  return sparsemax(call, call.inputs[0]!, axisOption(call, -1));
}

export function leakyReluOperation(call: LayerCall): Value {
  const name = option(call, 'negative_slope') === undefined ? 'alpha' : 'negative_slope';
  return leakyRelu(call, call.inputs[0]!, numberOption(call, name, 0.2));
}

function numberOption(call: LayerCall, name: string, fallback: number, position = 1): number {
  const given = option(call, name, position, fallback);
  return typeof given === 'number'
    ? given
    : call.refuse(`has the ${name} ${JSON.stringify(given)}; expected a number`);
}
