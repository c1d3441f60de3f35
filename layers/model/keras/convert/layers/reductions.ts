/** Operations that reduce axes to one number: means, sums, variances. */
import { type Converter, type LayerCall, type Value, value } from '../layer-call.ts';
import { axisOf, reshape, storedAxis } from '../layout.ts';
import { unary } from '../nodes.ts';
import { option } from './operations.ts';

/** A mean, sum or the like over some axes; numpy's default is all of them. */
export function reduction(opType: string): Converter {
  return (call) => reduce(call, call.inputs[0]!, opType, option(call, 'keepdims', 2) === true);
}

/** The mean of the squared distances from the mean. */
export function variance(call: LayerCall): Value {
  const [input] = call.inputs as [Value];
  const mean = reduce(call, input, 'ReduceMean', true);
  const centred = value(call.graph.node('Sub', `${call.path}/centred`, [input.name, mean.name]), input.shape);
  const squares = value(
    call.graph.node('Mul', `${call.path}/squares`, [centred.name, centred.name]),
    input.shape,
  );
  return reduce(call, squares, 'ReduceMean', option(call, 'keepdims', 2) === true);
}

export function standardDeviation(call: LayerCall): Value {
  return unary(call, variance(call), 'Sqrt');
}

function reduce(call: LayerCall, input: Value, opType: string, keepsAxes: boolean): Value {
  const { graph, path } = call;
  const { shape } = input;
  const places = [option(call, 'axis')]
    .flat()
    .map((axis) =>
      typeof axis === 'number'
        ? axisOf(call, axis, shape.length)
        : call.refuse('works along the batch axis; each image must be classified on its own'),
    );
  const stored = graph.integers(
    `${path}/axes`,
    places.map((place) => storedAxis(shape, place)),
  );
  const ones = shape.map((size, place) => (places.includes(place) ? 1 : size));
  const reduced = value(graph.node(opType, path, [input.name, stored], { keepdims: 1 }), ones);
  if (keepsAxes) return reduced;
  const kept = shape.filter((_, place) => !places.includes(place));
  return reshape(graph, `${path}/reduced`, reduced, kept);
}
