/** Reads the input of an ONNX graph. */
import { shown, UnusableModel } from '../unusable-model.ts';
import {
  type DimensionProto,
  float16,
  float32,
  float64,
  type GraphProto,
  type NodeProto,
  toNumber,
  uint8,
  type ValueProto,
} from './proto.ts';

export interface GraphInput {
  readonly name: string;
  readonly layout: 'NHWC' | 'NCHW';
  /** 3, or 1 for grey images. */
  readonly channels: 1 | 3;
  /** `TensorProto.DataType` */
  readonly elemType: number;
  /** The number of images, where it is fixed. */
  readonly batch?: number;
  /** Pixels; absent where the graph takes any size. */
  readonly width?: number;
  readonly height?: number;
}

/**
 * Finds the input for the image.
 *
 * @param path The graph's file, for messages. @param assumed The axes of a graph whose own are all dynamic.
 * @throws UnusableModel unless the only input has four dimensions, one of them the channels, and a type that pixels fit into.
 */
export function inspectInput(graph: GraphProto, path: string, assumed?: Axes): GraphInput {
  const value = onlyInput(graph, path);
  const { name, type } = value;
  const elemType = type?.tensorType?.elemType ?? 0;
  if (!pixelTypes.has(elemType)) {
    throw new UnusableModel(
      `${path}: input '${name}' takes neither floats nor bytes; export the model with an input of float32`,
    );
  }
  const dims = type.tensorType?.shape?.dim.map(fixedSize) ?? [];
  const { layout, channels } = axesOf(value, dims, graph, path, assumed);
  const [batch] = dims;
  const [height, width] = layout === 'NCHW' ? dims.slice(2) : dims.slice(1);
  return {
    name,
    layout,
    channels,
    elemType,
    ...(batch && { batch }),
    ...(width && { width }),
    ...(height && { height }),
  };
}

export function namesOf(values: readonly Pick<ValueProto, 'name'>[]): string {
  return values.map(({ name }) => `'${name}'`).join(', ') || 'none';
}

const pixelTypes = new Set([float32, uint8, float16, float64]);

/** Until version 3 of the format, initialisers had to be listed among the inputs too. */
function onlyInput({ input, initializer }: GraphProto, path: string): ValueProto {
  const initialised = new Set(initializer.map(({ name }) => name));
  const fed = input.filter(({ name }) => !initialised.has(name));
  if (fed.length === 1) return fed[0]!;
  throw new UnusableModel(
    `${path} has ${fed.length} inputs (${namesOf(fed)}); expected one, the image: export a model that takes nothing else`,
  );
}

type Axes = Pick<GraphInput, 'layout' | 'channels'>;

function axesOf(
  { name, type }: ValueProto,
  dims: readonly (number | undefined)[],
  graph: GraphProto,
  path: string,
  assumed: Axes | undefined,
): Axes {
  const [, second, , fourth] = dims;
  if (dims.length === 4) {
    if (isChannels(second)) return { layout: 'NCHW', channels: second };
    if (isChannels(fourth)) return { layout: 'NHWC', channels: fourth };
    const axes = dims.includes(undefined) && (axesOfFirstLayer(name, graph) ?? assumed);
    if (axes) return axes;
  }
  const length = dims.length === 2 ? second : undefined;
  if (length !== undefined) {
    throw new UnusableModel(flattened(name, length, type.tensorType?.elemType ?? float32, path));
  }
  const isOpen = dims.length === 4 && dims.includes(undefined);
  const waysOn = isOpen ? ': give the folder that also has config.json, or fix the axes when exporting' : '';
  throw new UnusableModel(
    `${path}: input '${name}' has the shape [${dims.map((dim) => dim ?? '?').join(', ')}]; expected [batch, channels, height, width] or [batch, height, width, channels] with 3 channels, or 1 for grey images${waysOn}`,
  );
}

/** The lines that put an image in front of a network for rows of numbers, as scikit-learn has them. */
function flattened(name: string, length: number, elemType: number, path: string): string {
  const channels = Number.isInteger(Math.sqrt(length / 3)) ? 3 : 1;
  const side = Math.sqrt(length / channels);
  const image = Number.isInteger(side) ? `${side}, ${side}, ${channels}` : 'HEIGHT, WIDTH, 3';
  return `${path}: input '${name}' takes a row of ${length} numbers for each image. Put the image in front of it, with its axes in the order in which the training code flattened them. In Python:
    import onnx
    model = onnx.load('${path}')
    model.graph.node.insert(0, onnx.helper.make_node('Flatten', ['image'], ['${shown(name)}']))
    model.graph.input[0].CopyFrom(onnx.helper.make_tensor_value_info('image', ${elemType}, ['batch', ${image}]))
    onnx.save(model, 'images.onnx')
then --from images.onnx`;
}

function isChannels(size: number | undefined): size is 1 | 3 {
  return size === 3 || size === 1;
}

/** They pass an image on in its layout. */
const pointwise = new Set([
  'Cast',
  'Identity',
  'Add',
  'Sub',
  'Mul',
  'Div',
  'Pad',
  'QuantizeLinear',
  'DequantizeLinear',
]);

/** A convolution takes its channels first, and its weights tell their number. */
function axesOfFirstLayer(input: string, { node, initializer }: GraphProto): Axes | undefined {
  // Exporters read the sizes of free axes first.
  const userOf = (value: string) => node.find((one) => one.input[0] === value && one.opType !== 'Shape');
  let user = userOf(input);
  let layout: Axes['layout'] = 'NCHW';
  for (let steps = 0; user && user.opType !== 'Conv' && steps < node.length; steps++) {
    if (isToChannelsFirst(user)) layout = 'NHWC';
    else if (!pointwise.has(user.opType)) return undefined;
    user = userOf(user.output[0] ?? '');
  }
  const weights = initializer.find(({ name }) => name === user?.input[1]);
  const channels = weights && toNumber(weights.dims[1] ?? 0);
  return isChannels(channels) ? { layout, channels } : undefined;
}

function isToChannelsFirst({ opType, attribute }: NodeProto): boolean {
  const order = attribute?.find(({ name }) => name === 'perm')?.ints?.map(toNumber);
  return opType === 'Transpose' && order?.join() === '0,3,1,2';
}

/** Dynamic sizes are 0, -1 or have a name. */
function fixedSize({ dimValue }: DimensionProto): number | undefined {
  const size = toNumber(dimValue ?? 0);
  return size > 0 ? size : undefined;
}
