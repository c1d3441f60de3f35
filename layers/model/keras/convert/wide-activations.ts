/** Activations that combine the values along an axis. */
import { type LayerCall, type Value, value } from './layer-call.ts';
import { axisOf, storedAxis } from './layout.ts';
import { binary, unary, withNumber } from './nodes.ts';

/** The first half times the sigmoid of the second. @param axis Keras'. */
export function glu(call: LayerCall, input: Value, axis: number): Value {
  const { graph, path } = call;
  const place = axisOf(call, axis, input.shape.length);
  const half = input.shape[place]! / 2;
  if (!Number.isInteger(half)) return call.refuse(`halves an axis of ${input.shape[place]} values`);
  const part = (name: string, start: number) =>
    value(
      graph.node('Slice', `${path}/${name}`, [
        input.name,
        graph.integers(`${path}/starts`, [start]),
        graph.integers(`${path}/ends`, [start + half]),
        graph.integers(`${path}/axes`, [storedAxis(input.shape, place)]),
      ]),
      input.shape.with(place, half),
    );
  return binary(call, 'Mul', part('values', 0), unary(call, part('gates', half), 'Sigmoid'));
}

/**
 * Keras' sparsemax, which adds up the sums of the largest 1, 2, ... values where Martins and Astudillo (2016) take the last of them.
 *
 * @param axis Keras'.
 */
export function sparsemax(call: LayerCall, input: Value, axis: number): Value {
  const { graph, path } = call;
  const place = axisOf(call, axis, input.shape.length);
  const length = input.shape[place]!;
  const stored = storedAxis(input.shape, place);
  const count = graph.integers(`${path}/length`, [length]);
  const places = [`${path}/places`];
  const sorted = value(
    graph.node('TopK', `${path}/sorted`, [input.name, count], { axis: stored }, places),
    input.shape,
  );
  const along = graph.integers(`${path}/axis`, [stored]);
  const sums = value(graph.node('CumSum', `${path}/sums`, [sorted.name, along]), input.shape);
  const dims = input.shape.map(() => 1);
  const ranks = graph.weight(`${path}/ranks`, [1, ...dims].with(stored, length), () =>
    Float32Array.from({ length }, (_, i) => i + 1),
  );
  const bounds = graph.node('Div', `${path}/bounds`, [withNumber(call, 'Sub', sums, 1).name, ranks]);
  const isInside = graph.node('Greater', `${path}/is_inside`, [sorted.name, bounds]);
  const inside = value(graph.node('Cast', `${path}/inside`, [isInside], { to: 1 }), input.shape);
  const total = (of: Value) =>
    value(graph.node('ReduceSum', `${path}/total`, [of.name, along], { keepdims: 1 }), of.shape);
  const excess = withNumber(call, 'Sub', total(binary(call, 'Mul', sums, inside)), 1);
  const threshold = binary(call, 'Div', excess, total(inside));
  return unary(call, value(binary(call, 'Sub', input, threshold).name, input.shape), 'Relu');
}
