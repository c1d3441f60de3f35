/**
 * A ResNet as an ONNX graph. Input `images` float32 [batch, 3, height, width], channels in the order of the training (BGR for
 * Keras' own weights); output `probabilities` float32 [batch, classes].
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stages } from '../keras/architecture.ts';
import { assertFinite, foldBatchNormalisation } from '../keras/fold.ts';
import type { Resnet } from '../keras/resnet.ts';
import { createDataFile, type DataFile } from './data-file.ts';
import {
  encodeModel,
  float32,
  intAttribute,
  intsAttribute,
  type NodeProto,
  type TensorProto,
  type ValueProto,
} from './proto.ts';

const opset = 17;
// The first version of the format that knows opset 17.
const irVersion = 8;

/**
 * Writes `model.onnx` and its weights `model.bin` into a folder.
 *
 * @returns The path of the .onnx file.
 * @throws UnusableModel if a weight cannot be read or is not a finite number.
 */
export function writeResnet(resnet: Resnet, size: { width: number; height: number }, folder: string): string {
  const data = createDataFile(join(folder, 'model.bin'));
  try {
    const { node, initializer } = resnetGraph(resnet, data);
    const path = join(folder, 'model.onnx');
    const graph = {
      name: resnet.title,
      node,
      initializer,
      input: [floatValue('images', ['batch', 3, size.height, size.width])],
      output: [floatValue('probabilities', ['batch', resnet.classes])],
    };
    writeFileSync(
      path,
      encodeModel({ irVersion, producerName: 'bucketlens', graph, opsetImport: [{ version: opset }] }),
    );
    return path;
  } finally {
    data.close();
  }
}

function resnetGraph(resnet: Resnet, data: DataFile): { node: NodeProto[]; initializer: TensorProto[] } {
  const node: NodeProto[] = [];
  const initializer: TensorProto[] = [];
  const weight = (name: string, dims: number[], values: Float32Array): string => {
    initializer.push(data.append(name, dims, values));
    return name;
  };
  const add = (
    opType: string,
    name: string,
    input: string[],
    attributes: Readonly<Record<string, number | number[]>> = {},
  ): string => {
    node.push({ name, opType, input, output: [name], attribute: Object.entries(attributes).map(attribute) });
    return name;
  };

  const convolution = (name: string, input: string): string => {
    const unit = resnet.units.get(name)!;
    const [height, width, inputs, outputs] = unit.kernelShape;
    const { kernel, bias } = foldBatchNormalisation(unit);
    // Keras' padding of 3 before conv1, and its SAME of a 3x3 convolution of stride 1.
    const pad = (height - 1) / 2;
    return add(
      'Conv',
      `${name}_conv`,
      [
        input,
        weight(`${name}_kernel`, [outputs, inputs, height, width], kernel),
        weight(`${name}_bias`, [outputs], bias),
      ],
      { kernel_shape: [height, width], strides: [unit.stride, unit.stride], pads: [pad, pad, pad, pad] },
    );
  };
  const relu = (input: string, name: string): string => add('Relu', name, [input]);
  const block = (name: string, input: string): string => {
    const shortcut = resnet.units.has(`${name}_0`) ? convolution(`${name}_0`, input) : input;
    const first = relu(convolution(`${name}_1`, input), `${name}_1_relu`);
    const second = relu(convolution(`${name}_2`, first), `${name}_2_relu`);
    return relu(add('Add', `${name}_add`, [shortcut, convolution(`${name}_3`, second)]), `${name}_out`);
  };

  const stem = relu(convolution('conv1', 'images'), 'conv1_relu');
  // Keras pads with zeros and ONNX with -infinity: after a ReLU that is the same maximum.
  const pooled = add('MaxPool', 'pool1_pool', [stem], {
    kernel_shape: [3, 3],
    strides: [2, 2],
    pads: [1, 1, 1, 1],
  });
  const blocks = stages.flatMap((stage, i) =>
    Array.from({ length: resnet.blocks[i]! }, (_, n) => `conv${stage}_block${n + 1}`),
  );
  const features = blocks.reduce((input, name) => block(name, input), pooled);

  const averages = add('Flatten', 'flat', [add('GlobalAveragePool', 'avg_pool', [features])]);
  const kernel = resnet.head.kernel.read();
  const bias = resnet.head.bias.read();
  assertFinite(kernel, 'predictions');
  assertFinite(bias, 'predictions');
  const channels = kernel.length / resnet.classes;
  const sums = add('MatMul', 'predictions', [
    averages,
    weight('predictions_kernel', [channels, resnet.classes], kernel),
  ]);
  const logits = add('Add', 'logits', [sums, weight('predictions_bias', [resnet.classes], bias)]);
  add('Softmax', 'probabilities', [logits], { axis: -1 });
  return { node, initializer };
}

function attribute([name, value]: [string, number | number[]]) {
  return Array.isArray(value)
    ? { name, type: intsAttribute, ints: value }
    : { name, type: intAttribute, i: value };
}

function floatValue(name: string, dims: readonly (number | string)[]): ValueProto {
  return {
    name,
    type: {
      tensorType: {
        elemType: float32,
        shape: { dim: dims.map((dim) => (typeof dim === 'number' ? { dimValue: dim } : { dimParam: dim })) },
      },
    },
  };
}
