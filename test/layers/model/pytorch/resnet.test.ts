import { describe, expect, it } from 'vitest';
import { findTorchResnet } from '../../../../layers/model/pytorch/resnet.ts';
import type { StoredTensor } from '../../../../layers/model/pytorch/tensor-file.ts';

const path = 'weights.pth';

interface Design {
  readonly blocks: readonly number[];
  readonly isBottleneck: boolean;
  readonly groups?: number;
  /** The channels of the middle convolution, as a multiple of the usual. */
  readonly widening?: number;
}

/** The shapes of a thin network. */
function shapesOf({ blocks, isBottleneck, groups = 1, widening = 1 }: Design): Map<string, number[]> {
  const shapes = new Map<string, number[]>([['conv1.weight', [8, 3, 7, 7]]]);
  const norm = (name: string, channels: number) => {
    for (const part of ['weight', 'bias', 'running_mean', 'running_var'])
      shapes.set(`${name}.${part}`, [channels]);
    shapes.set(`${name}.num_batches_tracked`, []);
  };
  norm('bn1', 8);
  let width = 8;
  blocks.forEach((count, stage) => {
    const narrow = 8 * 2 ** stage;
    const out = isBottleneck ? narrow * 4 : narrow;
    const middle = narrow * widening;
    for (let block = 0; block < count; block++) {
      const name = `layer${stage + 1}.${block}`;
      const convolutions = isBottleneck
        ? [
            [middle, width, 1],
            [middle, middle / groups, 3],
            [out, middle, 1],
          ]
        : [
            [narrow, width, 3],
            [narrow, narrow, 3],
          ];
      convolutions.forEach(([outputs, inputs, side], i) => {
        shapes.set(`${name}.conv${i + 1}.weight`, [outputs!, inputs!, side!, side!]);
        norm(`${name}.bn${i + 1}`, outputs!);
      });
      if (block === 0 && (stage > 0 || width !== out)) {
        shapes.set(`${name}.downsample.0.weight`, [out, width, 1, 1]);
        norm(`${name}.downsample.1`, out);
      }
      width = out;
    }
  });
  shapes.set('fc.weight', [4, width]);
  shapes.set('fc.bias', [4]);
  return shapes;
}

function find(shapes: ReadonlyMap<string, readonly number[]>, prefix = '') {
  const tensors = new Map<string, StoredTensor>(
    [...shapes].map(([name, shape]) => [prefix + name, { shape, read: () => new Float32Array() }]),
  );
  return findTorchResnet(tensors, path);
}

const resnet18 = { blocks: [2, 2, 2, 2], isBottleneck: false };
const resnet50 = { blocks: [3, 4, 6, 3], isBottleneck: true };

describe('a ResNet in PyTorch', () => {
  it.each([
    ['ResNet18', resnet18],
    ['ResNet34', { blocks: [3, 4, 6, 3], isBottleneck: false }],
    ['ResNet50', resnet50],
    ['ResNet101', { blocks: [3, 4, 23, 3], isBottleneck: true }],
    ['ResNet152', { blocks: [3, 8, 36, 3], isBottleneck: true }],
    ['Wide ResNet50', { ...resnet50, widening: 2 }],
    ['ResNeXt50 4x4d', { ...resnet50, groups: 4, widening: 2 }],
    ['ResNet14 (blocks 1, 1, 1, 1)', { blocks: [1, 1, 1, 1], isBottleneck: true }],
  ])('is recognised by its shapes: %s', (title, design) => {
    expect(find(shapesOf(design))).toMatchObject({ title, classes: 4, channels: 3 });
  });

  it('scales down where torchvision does: in the first 3x3 convolution of a stage', () => {
    const strides = (design: Design) =>
      find(shapesOf(design))
        .blocks.find(({ name }) => name === 'layer2.0')!
        .convolutions.map(({ stride }) => stride);

    expect(strides(resnet50)).toEqual([1, 2, 1]);
    expect(strides(resnet18)).toEqual([2, 1]);
  });

  it.each(['module.', 'model.', '_orig_mod.model.'])('may be wrapped: %s', (prefix) => {
    expect(find(shapesOf(resnet18), prefix)).toMatchObject({ title: 'ResNet18' });
  });

  it.each<[string, (shapes: Map<string, number[]>) => unknown, string]>([
    ['without a stem', (shapes) => shapes.delete('conv1.weight'), "it has no tensor 'conv1.weight'"],
    ['of four channels', (shapes) => shapes.set('conv1.weight', [8, 4, 7, 7]), 'its input has 4 channels'],
    [
      'with a small stem',
      (shapes) => shapes.set('conv1.weight', [8, 3, 3, 3]),
      "'conv1.weight' is [8, 3, 3, 3]; expected [8, 3, 7, 7]",
    ],
    ['without a last layer', (shapes) => shapes.delete('fc.weight'), 'a network without its last layer'],
    [
      'without a stage',
      (shapes) =>
        [...shapes.keys()].filter((name) => name.startsWith('layer4')).map((name) => shapes.delete(name)),
      "tensor 'layer4.0.conv1.weight' is missing",
    ],
    [
      'without a shortcut',
      (shapes) => shapes.delete('layer2.0.downsample.0.weight'),
      "'layer2.0.downsample.0.weight' is missing",
    ],
    [
      'with squeeze and excitation',
      (shapes) => shapes.set('layer1.0.se.fc1.weight', [1]),
      "tensor 'layer1.0.se.fc1.weight' is not part of a ResNet",
    ],
    [
      'with another width',
      (shapes) => shapes.set('layer1.1.conv1.weight', [8, 9, 3, 3]),
      "'layer1.1.conv1.weight' is [8, 9, 3, 3]; expected [8, 8, 3, 3]",
    ],
    [
      'with another vector',
      (shapes) => shapes.set('layer3.0.bn2.bias', [9]),
      "'layer3.0.bn2.bias' is [9]; expected [32]",
    ],
    [
      'with another last layer',
      (shapes) => shapes.set('fc.weight', [4, 9]),
      "'fc.weight' is [4, 9]; expected [4, 64]",
    ],
  ])('%s is refused with the tensor', (_, change, message) => {
    const shapes = shapesOf(resnet18);
    change(shapes);

    expect(() => find(shapes)).toThrow(message);
  });
});
