/** Models around a single layer or operation. */
import { call3, functional, layer2, layer3, tensor3 } from '../configs.ts';
import { convertInMemory, type WeightShapes } from './in-memory.ts';

export const onlyOnnx =
  "export it with model.export('x.onnx', format='onnx') in Keras 3, or python -m tf2onnx.convert --keras x.h5 --output x.onnx in Keras 2, and use --from x.onnx";
export const saveAgain = "load the model in Keras and save it with model.save('x.keras')";
export const leaveOut = `leave it out, or ${onlyOnnx}`;

export type Layer = ReturnType<typeof layer3>;

// The tensors that a layer can take by name: an image [8, 6, 3], a sequence [48, 3] and a vector [3].
const tensors = [
  layer3('InputLayer', 'image', { batch_shape: [null, 8, 6, 3] }),
  layer3('Reshape', 'sequence', { target_shape: [48, 3] }, [call3(tensor3('image'))]),
  layer3('GlobalAveragePooling2D', 'vector', {}, [call3(tensor3('image'))]),
];

/** A model that flattens the layer's output. */
export function modelOf(layer: Layer): object {
  const flat = layer3('Flatten', 'flat', {}, [call3(tensor3('it'))]);
  return functional([...tensors, layer, flat], 'image', ['flat', 0, 0]);
}

/** A layer of that name, `it`, called with these. */
export function layerOf(className: string, config: object, ...args: readonly unknown[]): Layer {
  return layer3(className, 'it', config, [call3(...args)]);
}

/** An operation of Keras 3, called with these. */
export function operationOf(className: string, config: object, ...args: readonly unknown[]): Layer {
  return { ...layerOf(className, config, ...args), module: 'keras.src.ops.numpy' };
}

/** An operation of Keras 2, called with the image. */
export function lambdaOf(operation: string, options: object): Layer {
  const lambda = layer2('TFOpLambda', 'it', { function: operation }, [['image', 0, 0, options]]);
  return lambda as Layer;
}

export const image = tensor3('image');
export const sequence = tensor3('sequence');
export const vector = tensor3('vector');

/** The sentence after the layer's name. */
export function refusalOf(folder: string, layer: Layer, weights: WeightShapes = {}): string {
  try {
    convertInMemory(folder, modelOf(layer), weights);
  } catch (error) {
    return (error as Error).message.replace(/^model\.keras: layer 'it' /, '');
  }
  return 'converted';
}
