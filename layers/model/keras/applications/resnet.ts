/** ResNet50, 101 and 152 (version 1) as keras.applications builds them, for files that hold their weights alone. */
import type { OutputActivation } from '../converted.ts';
import type { Call, Layer, ModelGraph } from '../graph/model-graph.ts';

/** A convolution with the batch normalisation after it; its layers are called `NAME_conv` and `NAME_bn`. */
export interface Unit {
  /** `conv1` or, for the second convolution of the first block of stage 3, `conv3_block1_2`; `…_0` is the shortcut's. */
  readonly name: string;
  /** [height, width, input channels, output channels] */
  readonly kernelShape: readonly [number, number, number, number];
  readonly stride: 1 | 2;
}

export interface Variant {
  readonly title: string;
  /** How many blocks the stages conv2, conv3, conv4 and conv5 have. */
  readonly blocks: readonly [number, number, number, number];
}

export const variants: readonly Variant[] = [
  { title: 'ResNet50', blocks: [3, 4, 6, 3] },
  { title: 'ResNet101', blocks: [3, 4, 23, 3] },
  { title: 'ResNet152', blocks: [3, 8, 36, 3] },
];

/** The stages' numbers, in step with `Variant.blocks`. */
const stages = [2, 3, 4, 5] as const;

/**
 * All convolutions in the order of Keras' `model.layers`, which is topological: the shortcut's comes before the last of its
 * block.
 *
 * @param width Channels of the first convolution: 64 in Keras' own networks.
 */
export function unitsOf({ blocks }: Variant, width: number): Unit[] {
  return [
    { name: 'conv1', kernelShape: [7, 7, 3, width], stride: 2 },
    ...stages.flatMap((stage, i) => {
      const narrow = width * 2 ** i;
      const firstInput = i === 0 ? width : narrow * 2;
      const firstStride = i === 0 ? 1 : 2;
      return Array.from({ length: blocks[i]! }, (_, block) =>
        unitsOfBlock(
          `conv${stage}_block${block + 1}`,
          narrow,
          block === 0 ? firstInput : narrow * 4,
          block === 0 ? firstStride : undefined,
        ),
      ).flat();
    }),
  ];
}

/** @param shortcutStride Only a stage's first block has a convolution in its shortcut. */
function unitsOfBlock(block: string, narrow: number, input: number, shortcutStride?: 1 | 2): Unit[] {
  return [
    { name: `${block}_1`, kernelShape: [1, 1, input, narrow], stride: shortcutStride ?? 1 },
    { name: `${block}_2`, kernelShape: [3, 3, narrow, narrow], stride: 1 },
    ...(shortcutStride
      ? [{ name: `${block}_0`, kernelShape: [1, 1, input, narrow * 4], stride: shortcutStride } as const]
      : []),
    { name: `${block}_3`, kernelShape: [1, 1, narrow, narrow * 4], stride: 1 },
  ];
}

export interface Head {
  readonly pooling: 'average' | 'max';
  readonly classes: number;
  readonly activation: OutputActivation;
}

const epsilon = 1.001e-5;

/** The graph as `keras.applications.ResNet50()` gives it, for any size of image. */
export function resnetGraph(variant: Variant, width: number, head: Head): ModelGraph {
  const layers: Layer[] = [layerOf('images', 'InputLayer', { batch_shape: [null, null, null, 3] }, [])];
  const add = (name: string, className: string, config: Layer['config'], ...inputs: string[]): string => {
    layers.push(layerOf(name, className, config, inputs));
    return name;
  };
  const unit = ({ name, kernelShape, stride }: Unit, input: string): string => {
    const [height, , , filters] = kernelShape;
    const padding = height === 3 ? 'same' : 'valid';
    const convolution = { filters, kernel_size: [height, height], strides: [stride, stride], padding };
    return add(
      `${name}_bn`,
      'BatchNormalization',
      { epsilon },
      add(`${name}_conv`, 'Conv2D', convolution, input),
    );
  };
  const relu = (name: string, input: string) => add(name, 'Activation', { activation: 'relu' }, input);

  const [first, ...units] = unitsOf(variant, width);
  const padded = add('conv1_pad', 'ZeroPadding2D', { padding: 3 }, 'images');
  const stem = relu('conv1_relu', unit(first!, padded));
  const poolPadded = add('pool1_pad', 'ZeroPadding2D', { padding: 1 }, stem);
  let input = add('pool1_pool', 'MaxPooling2D', { pool_size: 3, strides: 2 }, poolPadded);
  let current = input;
  let shortcut = input;
  for (const next of units) {
    const block = next.name.slice(0, -2);
    switch (next.name.at(-1)) {
      case '0':
        shortcut = unit(next, input);
        break;
      case '3':
        current = add(`${block}_add`, 'Add', {}, shortcut, unit(next, current));
        input = relu(`${block}_out`, current);
        current = input;
        shortcut = input;
        break;
      default:
        current = relu(`${next.name}_relu`, unit(next, current));
    }
  }
  const pool = head.pooling === 'max' ? 'GlobalMaxPooling2D' : 'GlobalAveragePooling2D';
  const pooled = add('avg_pool', pool, {}, input);
  const activation = head.activation === 'none' ? 'linear' : head.activation;
  const output = add('predictions', 'Dense', { units: head.classes, activation }, pooled);
  return {
    path: '',
    className: 'Functional',
    name: variant.title,
    layers,
    inputs: [tensorOf('images')],
    outputs: [tensorOf(output)],
  };
}

function layerOf(name: string, className: string, config: Layer['config'], inputs: readonly string[]): Layer {
  const tensors = inputs.map(tensorOf);
  const call: Call = { args: tensors.length === 1 ? tensors : [tensors], kwargs: {} };
  return {
    name,
    path: name,
    className,
    module: 'keras.layers',
    config,
    calls: inputs.length > 0 ? [call] : [],
  };
}

function tensorOf(layer: string) {
  return { kind: 'tensor', layer, call: 0, output: 0 } as const;
}
