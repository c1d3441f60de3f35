/** Operations that cannot be converted exactly are refused with the layer's name, the reason and a way on. */
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../fixtures.ts';
import {
  image,
  type Layer,
  lambdaOf,
  onlyOnnx,
  operationOf,
  refusalOf,
  sequence,
  vector,
} from './one-layer.ts';

const folder = temporaryFolder();

describe('an operation is refused', () => {
  it.each<[string, Layer, string]>([
    [
      'that joins tensors and constants',
      operationOf('Concatenate', { axis: 1 }, [sequence, constant([[[1, 2, 3]]])]),
      `(Concatenate) joins tensors and constants; expected tensors only: ${onlyOnnx}`,
    ],
    [
      'that drops the scores',
      operationOf('Argmax', { axis: -1 }, vector),
      '(Argmax) cannot be converted: it keeps the number of the best class and drops the scores; end the model before it, keras.Model(model.input, scores)',
    ],
    // Two operands
    [
      'that combines tensors of different ranks',
      operationOf('Add', {}, image, sequence),
      `(Add) combines tensors of the shapes [batch, 8, 6, 3] and [batch, 48, 3]; expected the same number of dimensions: ${onlyOnnx}`,
    ],
    [
      'that combines tensors of different shapes',
      operationOf('Add', {}, image, constant([1, 2])),
      `(Add) combines tensors of the shapes [8, 6, 3] and [1, 1, 2], which do not fit: ${onlyOnnx}`,
    ],
    [
      'that combines two numbers',
      { ...operationOf('Add', {}), inbound_nodes: [{ args: [1, 2], kwargs: { x3: image } }] },
      `(Add) combines no tensors: ${onlyOnnx}`,
    ],
    [
      'with a text as an operand',
      operationOf('Add', {}, image, 'one'),
      `(Add) has an operand that is neither a tensor nor a number: ${onlyOnnx}`,
    ],
    [
      'with a list of texts as an operand',
      operationOf('Add', {}, image, ['one']),
      `(Add) has an operand that is neither a tensor nor a number: ${onlyOnnx}`,
    ],
    [
      'with a constant for each image of the batch',
      operationOf('Add', {}, vector, constant([[1], [2]])),
      `(Add) has a constant of the shape [2, 1] next to a tensor of [batch, 3]: ${onlyOnnx}`,
    ],
    [
      'with a constant of more dimensions than the tensor',
      operationOf('Add', {}, vector, constant([[[1]]])),
      `(Add) has a constant of the shape [1, 1, 1] next to a tensor of [batch, 3]: ${onlyOnnx}`,
    ],
    [
      'that multiplies matrices that do not fit',
      operationOf('Matmul', {}, sequence, sequence),
      `(Matmul) multiplies [batch, 48, 3] by [batch, 48, 3]: ${onlyOnnx}`,
    ],
    [
      'that multiplies a matrix by a constant',
      operationOf('Matmul', {}, sequence, constant([[1], [2], [3]])),
      `(Matmul) multiplies a tensor by a constant; expected two tensors: ${onlyOnnx}`,
    ],
    // Axes
    [
      'that averages everything',
      operationOf('Mean', { axis: null }, image),
      `(Mean) works along the batch axis; each image must be classified on its own: ${onlyOnnx}`,
    ],
    [
      'that averages the batch',
      operationOf('Mean', { axis: -4 }, image),
      `(Mean) works along the batch axis; each image must be classified on its own: ${onlyOnnx}`,
    ],
    [
      'with an axis that is no number',
      operationOf('Softmax', { axis: 'last' }, image),
      `(Softmax) has the axis "last"; expected a number: ${onlyOnnx}`,
    ],
    [
      'that reshapes the batch',
      operationOf('Reshape', { newshape: [2, 72] }, image),
      `(Reshape) reshapes to [2,72]; expected -1 for the batch: ${onlyOnnx}`,
    ],
    [
      'that moves the batch',
      operationOf('Transpose', { axes: [1, 0, 2, 3] }, image),
      `(Transpose) moves the batch, which has to stay first: ${onlyOnnx}`,
    ],
    [
      'that squeezes every axis',
      operationOf('Squeeze', { axis: null }, image),
      `(Squeeze) has no axis; expected one: ${onlyOnnx}`,
    ],
    [
      'that squeezes a longer axis',
      operationOf('Squeeze', { axis: 1 }, image),
      `(Squeeze) drops an axis longer than 1: ${onlyOnnx}`,
    ],
    [
      'that reverses every axis',
      operationOf('Flip', { axis: null }, image),
      `(Flip) reverses the batch; each image must be classified on its own: ${onlyOnnx}`,
    ],
    // Options
    [
      'that rounds to whole numbers',
      operationOf('Cast', { dtype: 'int32' }, image),
      `(Cast) converts to int32, which would round; only float32 is supported: ${onlyOnnx}`,
    ],
    [
      'that clips at no number',
      operationOf('Clip', { x_min: 0, x_max: null }, image),
      `(Clip) has no number as its x_max: ${onlyOnnx}`,
    ],
    [
      'with a slope that is no number',
      operationOf('LeakyRelu', { negative_slope: 'much' }, image),
      `(LeakyRelu) has the negative_slope "much"; expected a number: ${onlyOnnx}`,
    ],
    [
      'that resizes to no size',
      operationOf('Resize', { size: 'half' }, image),
      `(Resize) has the size ["half"]; expected [height, width]: ${onlyOnnx}`,
    ],
    [
      'with biases for channels that come first',
      lambdaOf('nn.bias_add', { bias: [1, 2, 3], data_format: 'NCHW' }),
      `(TFOpLambda) has the data format "NCHW"; expected NHWC: ${onlyOnnx}`,
    ],
    // x[…]
    [
      'that selects images of the batch',
      operationOf('GetItem', {}, image, [slice(1)]),
      `(GetItem) slices the batch axis; each image must be classified on its own: ${onlyOnnx}`,
    ],
    [
      'that selects from more axes than there are',
      operationOf('GetItem', {}, image, [slice(), slice(), slice(), slice(), slice()]),
      `(GetItem) selects from more axes than there are: ${onlyOnnx}`,
    ],
    [
      'that selects nothing',
      operationOf('GetItem', {}, image, [slice(), slice(8)]),
      `(GetItem) selects nothing: ${onlyOnnx}`,
    ],
    [
      'that selects with a step of 0',
      operationOf('GetItem', {}, image, [slice(), slice(0, 8, 0)]),
      `(GetItem) selects by {"kind":"slice","start":0,"stop":8,"step":0}; expected numbers and slices: ${onlyOnnx}`,
    ],
    [
      'that selects by a name',
      operationOf('GetItem', {}, image, [slice(), 'first']),
      `(GetItem) selects by "first"; expected numbers and slices: ${onlyOnnx}`,
    ],
  ])('%s', (_, layer, message) => {
    expect(refusalOf(folder, layer)).toBe(message);
  });
});

function constant(value: unknown): object {
  return { class_name: '__numpy__', config: { value } };
}

/** `start:stop:step` */
function slice(start: number | null = null, stop: number | null = null, step: number | null = null): object {
  return { class_name: '__slice__', config: { start, stop, step } };
}
