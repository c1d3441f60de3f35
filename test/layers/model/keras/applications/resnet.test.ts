import { describe, expect, it } from 'vitest';
import { resnetGraph, unitsOf, variants } from '../../../../../layers/model/keras/applications/resnet.ts';

describe('unitsOf', () => {
  it.each([
    // The figures of Keras' documentation, with 1000 classes.
    ['ResNet50', 53, 25_636_712],
    ['ResNet101', 104, 44_707_176],
    ['ResNet152', 155, 60_419_944],
  ])('gives %s its %i convolutions and %i parameters', (title, convolutions, parameters) => {
    const units = unitsOf(variants.find((variant) => variant.title === title)!, 64);

    const head = 2048 * 1000 + 1000;
    const weights = units.map(
      ({ kernelShape: [height, width, inputs, outputs] }) => height * width * inputs * outputs + outputs * 5,
    );
    expect(units).toHaveLength(convolutions);
    expect(weights.reduce((a, b) => a + b, head)).toBe(parameters);
  });

  it("lists a shortcut's convolution before the last of its block, as Keras does", () => {
    const names = unitsOf(variants[0]!, 64).map(({ name }) => name);

    expect(names.slice(0, 6)).toEqual([
      'conv1',
      'conv2_block1_1',
      'conv2_block1_2',
      'conv2_block1_0',
      'conv2_block1_3',
      'conv2_block2_1',
    ]);
  });

  it('halves the picture in the first convolution of a stage and in its shortcut, but not in conv2', () => {
    const halving = unitsOf(variants[0]!, 64).filter(({ stride }) => stride === 2);

    expect(halving.map(({ name }) => name)).toEqual([
      'conv1',
      'conv3_block1_1',
      'conv3_block1_0',
      'conv4_block1_1',
      'conv4_block1_0',
      'conv5_block1_1',
      'conv5_block1_0',
    ]);
  });
});

describe('resnetGraph', () => {
  it('has as many layers as the network of keras.applications', () => {
    const { layers } = resnetGraph(variants[0]!, 64, {
      pooling: 'average',
      classes: 1000,
      activation: 'softmax',
    });

    expect(layers).toHaveLength(177);
  });
});
