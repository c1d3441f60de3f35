import { describe, expect, it } from 'vitest';
import { findTorchResnet } from '../../../../layers/model/pytorch/resnet.ts';
import { isResnet, isSmoothed } from '../../../../layers/model/pytorch/resnet-names.ts';
import type { StoredTensor } from '../../../../layers/model/pytorch/tensor-file.ts';
import { addGates, average, type Design, deepen, normalise, shapesOf } from './resnet-shapes.ts';

const path = 'weights.pth';

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
    expect(find(shapesOf(design))).toMatchObject({ title, head: { outputs: 4 }, channels: 3 });
  });

  it.each([
    ['ResNet18-C', deepen(shapesOf(resnet18))],
    ['ResNet50-D', average(deepen(shapesOf(resnet50)))],
    ['SE-ResNet18', addGates(shapesOf(resnet18))],
    ['SE-ResNet18-D', addGates(average(shapesOf(resnet18)))],
  ])("is recognised in timm's variants: %s", (title, shapes) => {
    expect(find(shapes)).toMatchObject({ title, isHeadInSequence: false });
  });

  it("may mix kinds of blocks, as timm's test_resnet does", () => {
    const shapes = shapesOf({ blocks: [1, 1, 1, 1], isBottleneck: false });
    const [bottleneck, stem] = [shapesOf({ blocks: [1, 1, 1, 1], isBottleneck: true }), 'layer1.'];
    for (const name of shapes.keys()) if (!name.startsWith(stem)) shapes.delete(name);
    for (const [name, shape] of bottleneck) if (!name.startsWith(stem)) shapes.set(name, shape);
    shapes.set('layer2.0.conv1.weight', [16, 8, 1, 1]).set('layer2.0.downsample.0.weight', [64, 8, 1, 1]);

    expect(find(shapes).blocks.map(({ convolutions }) => convolutions.length)).toEqual([2, 3, 3, 3]);
  });

  it('averages before a shortcut that scales down, and only there', () => {
    const { blocks } = find(average(shapesOf(resnet50)));
    const shortcuts = blocks.filter(({ shortcut }) => shortcut);

    expect(shortcuts.map(({ averages, shortcut }) => [averages, shortcut!.stride])).toEqual([
      [false, 1],
      [true, 1],
      [true, 1],
      [true, 1],
    ]);
  });

  it('may have a convolution in place of its maximum pooling', () => {
    const shapes = shapesOf(resnet18).set('maxpool.0.weight', [8, 8, 3, 3]);
    normalise(shapes, 'maxpool.1', 8);

    expect(find(shapes).pool).toMatchObject({ shape: [8, 8, 3, 3], stride: 2 });
  });

  it('may end with a sequence that has one layer with weights', () => {
    const shapes = shapesOf(resnet18);
    for (const part of ['weight', 'bias']) {
      shapes.set(`fc.1.${part}`, shapes.get(`fc.${part}`)!);
      shapes.delete(`fc.${part}`);
    }

    expect(find(shapes)).toMatchObject({ isHeadInSequence: true, head: { name: 'fc.1', outputs: 4 } });
    expect(() => find(shapes.set('fc.3.weight', [2, 4]).set('fc.3.bias', [2]))).toThrow(
      'ends with several layers (fc.1.weight, fc.3.weight), and does not tell what stands between them',
    );
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
      "tensor 'layer4.0.conv1.weight' is missing; the file is incomplete, or its network is another",
    ],
    [
      'without a shortcut',
      (shapes) => shapes.delete('layer2.0.downsample.0.weight'),
      "'layer2.0.downsample.0.weight' is missing",
    ],
    [
      'with a gate that it does not know',
      (shapes) => shapes.set('layer1.0.se.conv.weight', [1, 1, 3]),
      "tensor 'layer1.0.se.conv.weight' is not part of a ResNet",
    ],
    [
      'with a gate of another width',
      (shapes) =>
        addGates(shapes).set('layer1.0.se.fc2.weight', [9, 2, 1, 1]).set('layer1.0.se.fc2.bias', [9]),
      "'layer1.0.se.fc2.weight' is [9, 2, 1, 1]; expected [8, 2, 1, 1]",
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

  it.each(['weights.pth', 'weights.safetensors'])(
    'that is not one is refused with the lines that export it: %s',
    (file) => {
      const load = file.endsWith('.pth') ? 'torch.load(' : 'safetensors.torch.load_file(';

      expect(() => findTorchResnet(new Map(), file)).toThrow(
        new RegExp(
          `load_state_dict\\(${load.replace('(', `\\('${file}'`)}[\\s\\S]*torch\\.onnx\\.export[\\s\\S]*--from model\\.onnx`,
        ),
      );
    },
  );

  it.each([
    ['resnetaa50d', true, false],
    ['seresnextaa101d_32x8d', true, false],
    ['resnetblur50', true, false],
    ['resnet50d', false, true],
    ['tv_resnet34', false, true],
    ['seresnext50_32x4d', false, true],
    ['resnetrs50', false, true],
    ['wide_resnet50_2', false, true],
    ['ResNetForImageClassification', false, true],
    ['vit_base_patch16_224', false, false],
  ])('is known by the name of its architecture: %s', (name, smoothed, resnet) => {
    expect([isSmoothed(name), isResnet(name)]).toEqual([smoothed, resnet]);
  });
});
