import { describe, expect, it } from 'vitest';
import { isLegacyName, modernName, unitsOf, variants } from '../../../../layers/model/keras/architecture.ts';

describe('unitsOf', () => {
  it.each([
    // What Keras' documentation gives for each with 1000 classes.
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

  it("stands in the order of Keras' layers: a shortcut's convolution before the last of its block", () => {
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

describe('modernName', () => {
  it.each([
    ['conv1', 'conv1_conv'],
    ['bn_conv1', 'conv1_bn'],
    ['res2a_branch2a', 'conv2_block1_1_conv'],
    ['bn3d_branch2c', 'conv3_block4_3_bn'],
    ['res5a_branch1', 'conv5_block1_0_conv'],
  ])('of %s, as layers were called before 2019, is %s', (legacy, modern) => {
    expect(modernName(legacy)).toBe(modern);
    expect(isLegacyName(legacy)).toBe(true);
  });

  it.each(['conv2_block1_1_conv', 'fc1000', 'conv2d_7'])('leaves %s as it is', (name) => {
    expect(modernName(name)).toBe(name);
    expect(isLegacyName(name)).toBe(false);
  });
});
