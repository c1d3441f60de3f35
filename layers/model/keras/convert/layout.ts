/** Between Keras' order of axes, [batch, height, width, channels], and that of the network, [batch, channels, height, width]. */
import type { GraphBuilder } from '../../onnx/graph.ts';
import { type LayerCall, sizeOf, type Value, value } from './layer-call.ts';

/** True if the values are stored with the channels before height and width. */
export function isImage(shape: readonly number[]): boolean {
  return shape.length === 3;
}

/** The dimensions in the network, without the batch. */
export function storedShape(shape: readonly number[]): readonly number[] {
  const [height, width, channels] = shape;
  return isImage(shape) ? [channels!, height!, width!] : shape;
}

/** Keras' axis (the batch is 0, negative ones count from the end) -> its place in Keras' shape without the batch. */
export function axisOf(call: LayerCall, axis: number, rank: number): number {
  const place = axis < 0 ? axis + rank : axis - 1;
  if (Number.isInteger(place) && place >= 0 && place < rank) return place;
  return call.refuse(
    axis === 0 || place === -1
      ? 'works along the batch axis; each image must be classified on its own'
      : `has the axis ${axis}, but a tensor of ${rank + 1} dimensions`,
  );
}

/** The place of an axis in Keras' shape without the batch -> the axis in the network. */
export function storedAxis(shape: readonly number[], place: number): number {
  return isImage(shape) ? [2, 3, 1][place]! : place + 1;
}

/** True if an image's values have the same order in both layouts. */
function isOrderFree([height, width, channels]: readonly number[]): boolean {
  return channels === 1 || height! * width! === 1;
}

/** Reshapes to `dims`, for every image of the batch. */
export function reshapeTo(graph: GraphBuilder, path: string, input: string, dims: readonly number[]): string {
  return graph.node('Reshape', path, [input, graph.integers(`${path}/shape`, [0, ...dims])]);
}

/** The tensor with its axes as Keras has them. */
export function toKerasOrder(graph: GraphBuilder, path: string, { name, shape }: Value): string {
  if (!isImage(shape)) return name;
  return isOrderFree(shape)
    ? reshapeTo(graph, `${path}/channels_last`, name, shape)
    : graph.node('Transpose', `${path}/channels_last`, [name], { perm: [0, 2, 3, 1] });
}

/** The reverse of `toKerasOrder`. */
export function fromKerasOrder(
  graph: GraphBuilder,
  path: string,
  name: string,
  shape: readonly number[],
): Value {
  if (!isImage(shape)) return value(name, shape);
  const stored = isOrderFree(shape)
    ? reshapeTo(graph, `${path}/channels_first`, name, storedShape(shape))
    : graph.node('Transpose', `${path}/channels_first`, [name], { perm: [0, 3, 1, 2] });
  return value(stored, shape);
}

/** The same values in another shape, in Keras' order. */
export function reshape(graph: GraphBuilder, path: string, input: Value, shape: readonly number[]): Value {
  const keepsOrder =
    (!isImage(input.shape) || isOrderFree(input.shape)) && (!isImage(shape) || isOrderFree(shape));
  const keepsClasses = shape.at(-1) === input.shape.at(-1);
  const activation = keepsClasses || input.activation !== 'softmax' ? input.activation : undefined;
  if (keepsOrder) return value(reshapeTo(graph, path, input.name, storedShape(shape)), shape, activation);
  const plain = toKerasOrder(graph, path, input);
  const reshaped = isImage(input.shape) && isImage(shape) && shape.join() === input.shape.join();
  const name = reshaped ? plain : reshapeTo(graph, path, plain, shape);
  return { ...fromKerasOrder(graph, path, name, shape), ...(activation && { activation }) };
}

/** Turns a table of Keras' shape into the network's order, for weights and constants of up to one image's shape. */
export function storedTable(values: Float32Array, shape: readonly number[]): Float32Array {
  if (!isImage(shape)) return values;
  const [height, width, channels] = shape as [number, number, number];
  const turned = new Float32Array(sizeOf(shape));
  for (let from = 0; from < turned.length; from++) {
    const channel = from % channels;
    turned[channel * height * width + (from - channel) / channels] = values[from]!;
  }
  return turned;
}

/** Extends a shape with ones in front. */
export function padShape(shape: readonly number[], rank: number): number[] {
  return [...new Array<number>(Math.max(rank - shape.length, 0)).fill(1), ...shape];
}
