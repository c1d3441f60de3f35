/** The shape of the images that a model takes. */
import { UnusableModel } from '../../unusable-model.ts';
import type { Layer, ModelGraph } from './model-graph.ts';

export interface InputShape {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
}

type Size = Pick<InputShape, 'width' | 'height'>;

// No image that is classified is larger; the network's tensors are many times as large as its input.
const maxSide = 4096;

/**
 * @param size As the user gives it; needed if the model takes any, unless there is a default.
 * @throws UnusableModel if the model does not take single images with one or three channels, or is of another size.
 */
export function inputShapeOf(
  model: ModelGraph,
  size: Size | undefined,
  defaultSize: Size | undefined,
  path: string,
): InputShape {
  if (model.inputs.length !== 1) {
    const names = model.inputs.map(({ layer }) => `'${layer}'`).join(', ');
    throw new UnusableModel(
      `${path} has ${model.inputs.length} inputs (${names}); expected one, the image: build the model without the others`,
    );
  }
  const shape = declaredShape(model, model.inputs[0]!.layer);
  if (shape?.length !== 4) {
    const found = shape ? `[${shape.map((dim) => dim ?? '?').join(', ')}]` : 'unknown';
    throw new UnusableModel(
      `${path}: the shape of the input is ${found}; expected [batch, height, width, channels]: ${
        shape ? 'only networks that classify images are converted' : 'save the model after its first predict'
      }`,
    );
  }
  const [, height, width, channels] = shape;
  if (channels !== 1 && channels !== 3) {
    throw new UnusableModel(
      `${path}: the input has ${channels ?? 'any number of'} channels; expected 3 (RGB) or 1 (grey), channels last`,
    );
  }
  return { ...fixSize({ width, height }, size ?? defaultSize, path), channels };
}

function fixSize(own: { width: unknown; height: unknown }, given: Size | undefined, path: string): Size {
  const width = own.width ?? given?.width;
  const height = own.height ?? given?.height;
  if (width === undefined || height === undefined) {
    throw new UnusableModel(`${path} takes images of any size; give the one to use with --size WxH`);
  }
  if (given && (given.width !== width || given.height !== height)) {
    throw new UnusableModel(
      `${path} takes ${width}x${height} pixels, not ${given.width}x${given.height}: leave out --size`,
    );
  }
  if (isSide(width) && isSide(height)) return { width, height };
  throw new UnusableModel(
    `${path}: the input is ${width}x${height} pixels; supported are 1 to ${maxSide} along each edge`,
  );
}

function isSide(pixels: unknown): pixels is number {
  return typeof pixels === 'number' && Number.isInteger(pixels) && pixels >= 1 && pixels <= maxSide;
}

/** With the batch; nothing where a dimension is open. */
function declaredShape(model: ModelGraph, inputLayer: string): unknown[] | undefined {
  const input = model.layers.find(({ name }) => name === inputLayer);
  return (input && shapeIn(input)) ?? firstShape(model);
}

/** A Sequential model without an input layer declares the shape in the first layer that it has, however deep that is. */
function firstShape(model: ModelGraph): unknown[] | undefined {
  const first = model.layers.find(({ className }) => className !== 'InputLayer');
  if (!first) return undefined;
  return shapeIn(first) ?? (first.model && declaredShape(first.model, first.model.inputs[0]!.layer));
}

function shapeIn({ config }: Layer): unknown[] | undefined {
  const shape = config.batch_shape ?? config.batch_input_shape ?? config.build_input_shape;
  return Array.isArray(shape) ? shape.map((dim) => dim ?? undefined) : undefined;
}
