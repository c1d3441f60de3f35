/** Converts a model's configuration without a Keras file around it. */
import { readFileSync } from 'node:fs';
import { convertModel } from '../../../../../layers/model/keras/convert-keras.ts';
import type { ConvertedNetwork } from '../../../../../layers/model/keras/converted.ts';
import { readModelGraph } from '../../../../../layers/model/keras/graph/read-model.ts';
import type { StoredTensor } from '../../../../../layers/model/keras/hdf5.ts';
import { listedWeights } from '../../../../../layers/model/keras/weights/listed.ts';

/** Shapes of the weights by the layer's name. Every weight is 0.5. */
export type WeightShapes = Readonly<Record<string, readonly (readonly number[])[]>>;

export function convertInMemory(
  folder: string,
  model: object,
  weights: WeightShapes = {},
  kerasMajor = 3,
): ConvertedNetwork {
  return convertModel(
    {
      path: 'model.keras',
      kerasMajor,
      graph: readModelGraph(JSON.stringify(model), 'model.keras'),
      weights: listedWeights(
        new Map(Object.entries(weights).map(([layer, shapes]) => [layer, shapes.map(halves)])),
      ),
      assumptions: [],
    },
    { folder },
  );
}

/** The bytes of the converted network. */
export function networkOf(...model: Parameters<typeof convertInMemory>): Buffer {
  return readFileSync(convertInMemory(...model).onnxPath);
}

function halves(shape: readonly number[], i: number): StoredTensor {
  return {
    path: `/${i}`,
    shape,
    isInteger: false,
    read: () => new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(0.5),
  };
}
