/**
 * Finds the parts of a ResNet among named tensors. Kinds of blocks, widths and groups follow from the shapes, so ResNet18 to 152,
 * wide ones and ResNeXt are all read; every tensor has to be one that such a network has.
 */
import { shown, UnusableModel } from '../unusable-model.ts';
import { torchvisionNames } from './resnet-names.ts';
import type { StoredTensor, TensorMap } from './tensor-file.ts';

/** A convolution without bias and the batch normalisation after it. */
export interface ConvolutionUnit {
  readonly name: string;
  /** [output channels, input channels a group, height, width] */
  readonly shape: readonly [number, number, number, number];
  readonly groups: number;
  readonly stride: 1 | 2;
  readonly kernel: StoredTensor;
  readonly gamma: StoredTensor;
  readonly beta: StoredTensor;
  readonly mean: StoredTensor;
  readonly variance: StoredTensor;
}

export interface ResnetBlock {
  readonly name: string;
  /** Two for basic blocks, three for bottlenecks. */
  readonly convolutions: readonly ConvolutionUnit[];
  readonly shortcut?: ConvolutionUnit;
}

export interface TorchResnet {
  readonly title: string;
  readonly channels: 1 | 3;
  readonly stem: ConvolutionUnit;
  readonly blocks: readonly ResnetBlock[];
  readonly classes: number;
  /** [classes, channels] and [classes] */
  readonly head: { readonly weight: StoredTensor; readonly bias: StoredTensor };
  readonly features: number;
}

/** @throws UnusableModel naming the tensor that is missing, unknown, or of another shape than expected. */
export function findTorchResnet(tensors: TensorMap, path: string): TorchResnet {
  const renamed = torchvisionNames(tensors);
  const parts = createParts(renamed, path);
  const input = renamed.get('conv1.weight')?.shape[1];
  if (input !== 3 && input !== 1) {
    throw new UnusableModel(
      `${path} is not a ResNet of torchvision, timm or Hugging Face: ${input === undefined ? "it has no tensor 'conv1.weight'" : `its input has ${input} channels`}. Export other networks to ONNX and use --from model.onnx`,
    );
  }
  const stem = parts.unit('conv1', 'bn1', { inputs: input, size: 7, stride: 2 });
  const isBottleneck = renamed.has('layer1.0.conv3.weight');
  const stages = [1, 2, 3, 4].map((stage) => blockCount(renamed, stage));
  const blocks: ResnetBlock[] = [];
  let width = stem.shape[0];
  stages.forEach((count, i) => {
    for (let block = 0; block < count; block++) {
      const stride = block === 0 && i > 0 ? 2 : 1;
      const found = findBlock(parts, `layer${i + 1}.${block}`, { inputs: width, stride, isBottleneck });
      blocks.push(found);
      width = found.convolutions.at(-1)!.shape[0];
    }
  });
  const weight = parts.take('fc.weight');
  const [classes = 0] = weight.shape;
  parts.expect('fc.weight', weight, [classes, width]);
  const bias = parts.take('fc.bias');
  parts.expect('fc.bias', bias, [classes]);
  parts.assertAllTaken();
  return {
    title: titleOf(stages, isBottleneck, blocks),
    channels: input,
    stem,
    blocks,
    classes,
    head: { weight, bias },
    features: width,
  };
}

function blockCount(tensors: ReadonlyMap<string, StoredTensor>, stage: number): number {
  let count = 0;
  while (tensors.has(`layer${stage}.${count}.conv1.weight`)) count++;
  // A stage that is missing is reported by the name of its first tensor.
  return Math.max(count, 1);
}

function findBlock(
  parts: Parts,
  name: string,
  {
    inputs,
    stride,
    isBottleneck,
  }: { readonly inputs: number; readonly stride: 1 | 2; readonly isBottleneck: boolean },
): ResnetBlock {
  const unit = (index: number, inputs: number, size: number, stride: 1 | 2) =>
    parts.unit(`${name}.conv${index}`, `${name}.bn${index}`, { inputs, size, stride });
  const convolutions: ConvolutionUnit[] = [];
  const sizes = isBottleneck ? [1, 3, 1] : [3, 3];
  // torchvision's ResNets scale down in the first 3x3 convolution of a block.
  const scaling = isBottleneck ? 1 : 0;
  let width = inputs;
  for (const [i, size] of sizes.entries()) {
    const found = unit(i + 1, width, size, i === scaling ? stride : 1);
    convolutions.push(found);
    [width] = found.shape;
  }
  const hasShortcut = parts.has(`${name}.downsample.0.weight`) || stride > 1 || width !== inputs;
  if (!hasShortcut) return { name, convolutions };
  const shortcut = parts.unit(`${name}.downsample.0`, `${name}.downsample.1`, { inputs, size: 1, stride });
  parts.expect(`${name}.downsample.0.weight`, shortcut.kernel, [width, inputs, 1, 1]);
  return { name, convolutions, shortcut };
}

interface UnitShape {
  readonly inputs: number;
  /** Pixels of the kernel along each edge. */
  readonly size: number;
  readonly stride: 1 | 2;
}

interface Parts {
  has(name: string): boolean;
  /** @throws UnusableModel if it is missing. */
  take(name: string): StoredTensor;
  expect(name: string, tensor: StoredTensor, shape: readonly number[]): void;
  unit(convolution: string, normalisation: string, shape: UnitShape): ConvolutionUnit;
  assertAllTaken(): void;
}

function createParts(tensors: ReadonlyMap<string, StoredTensor>, path: string): Parts {
  const left = new Set(tensors.keys());
  const parts: Parts = {
    has: (name) => tensors.has(name),
    take: (name) => {
      const tensor = tensors.get(name);
      if (!tensor) {
        throw new UnusableModel(
          name.startsWith('fc.')
            ? `${path} has no tensor '${name}', so no classes: it is a network without its last layer`
            : `${path}: tensor '${name}' is missing; the file is incomplete or not a ResNet`,
        );
      }
      left.delete(name);
      return tensor;
    },
    expect: (name, { shape }, expected) => {
      if (shape.join() === expected.join()) return;
      throw new UnusableModel(
        `${path}: tensor '${name}' is [${shown(shape.join(', '))}]; expected [${expected.join(', ')}]`,
      );
    },
    unit: (convolution, normalisation, { inputs, size, stride }) => {
      const kernel = parts.take(`${convolution}.weight`);
      const [outputs = 0, ofGroup = 0] = kernel.shape;
      const groups = inputs / ofGroup;
      const isDivisible = Number.isInteger(groups) && outputs % groups === 0;
      parts.expect(`${convolution}.weight`, kernel, [outputs, isDivisible ? ofGroup : inputs, size, size]);
      const vector = (name: string): StoredTensor => {
        const tensor = parts.take(`${normalisation}.${name}`);
        parts.expect(`${normalisation}.${name}`, tensor, [outputs]);
        return tensor;
      };
      return {
        name: convolution,
        shape: [outputs, ofGroup, size, size],
        groups,
        stride,
        kernel,
        gamma: vector('weight'),
        beta: vector('bias'),
        mean: vector('running_mean'),
        variance: vector('running_var'),
      };
    },
    assertAllTaken: () => {
      const [other] = left;
      if (other === undefined) return;
      throw new UnusableModel(
        `${path}: tensor '${shown(other)}' is not part of a ResNet; export this network to ONNX and use --from model.onnx`,
      );
    },
  };
  return parts;
}

function titleOf(stages: readonly number[], isBottleneck: boolean, blocks: readonly ResnetBlock[]): string {
  const layers = 2 + blocks.length * (isBottleneck ? 3 : 2);
  const [first] = blocks;
  const middle = first!.convolutions[isBottleneck ? 1 : 0]!;
  if (middle.groups > 1) return `ResNeXt${layers} ${middle.groups}x${middle.shape[1]}d`;
  const isWide = isBottleneck && middle.shape[0] * 4 > first!.convolutions.at(-1)!.shape[0];
  const known = stages.join() in usual ? '' : ` (blocks ${stages.join(', ')})`;
  return `${isWide ? 'Wide ' : ''}ResNet${layers}${known}`;
}

const usual = { '2,2,2,2': true, '3,4,6,3': true, '3,4,23,3': true, '3,8,36,3': true };
