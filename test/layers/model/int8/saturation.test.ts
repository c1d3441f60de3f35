import { describe, expect, it } from 'vitest';
import { saturationOf } from '../../../../layers/model/int8/saturation.ts';
import { int8, type NodeProto, type TensorProto, uint8 } from '../../../../layers/model/onnx/proto.ts';
import { node } from '../onnx/networks.ts';

const wide = [65, -3, 2, 1];

function weights(values: readonly number[], dims: readonly number[] = [2, 2], dataType = int8): TensorProto {
  return { name: 'w', dims, dataType, rawData: new Uint8Array(Int8Array.from(values).buffer) };
}

function saturation(nodes: readonly NodeProto[], tensor: TensorProto): string | undefined {
  return saturationOf({ name: 'g', node: nodes, initializer: [tensor], input: [], output: [] });
}

describe('saturationOf', () => {
  it.each<[string, NodeProto[]]>([
    ['a QLinearConv', [node('QLinearConv', ['x', 's', 'z', 'w', 's', 'z', 's', 'z'], 'y')]],
    ['a QLinearMatMul', [node('QLinearMatMul', ['x', 's', 'z', 'w', 's', 'z', 's', 'z'], 'y')]],
    ['a product of integers', [node('MatMulInteger', ['x', 'w'], 'y')]],
    ['dequantised weights', [node('DequantizeLinear', ['w', 's'], 'd'), node('Conv', ['x', 'd'], 'y')]],
    [
      'dequantised and transposed weights',
      [
        node('DequantizeLinear', ['w', 's'], 'd'),
        node('Transpose', ['d'], 't'),
        node('MatMul', ['x', 't'], 'y'),
      ],
    ],
  ])('names a layer with weights above 64 in %s', (_, nodes) => {
    expect(saturation(nodes, weights(wide))).toMatch(/'y' \(1 layer\) can cut off sums .* reduce_range=True/);
    expect(saturation(nodes, weights([64, -64, 2, 1]))).toBeUndefined();
  });

  it('counts the layers', () => {
    const layers = ['a', 'b'].map((name) => node('MatMulInteger', ['x', 'w'], name));

    expect(saturation(layers, weights(wide))).toContain("'a' (2 layers)");
  });

  it('names a layer without a name by its output', () => {
    const layer = { ...node('MatMulInteger', ['x', 'w'], 'product'), name: '' };

    expect(saturation([layer], weights(wide))).toContain("'product' (1 layer)");
  });

  it('expects the worst of weights in a file of their own', () => {
    const { rawData: _, ...external } = weights(wide);

    expect(saturation([node('MatMulInteger', ['x', 'w'], 'y')], external)).toContain('(1 layer)');
  });

  it('accepts unsigned weights, which are multiplied in 32 bits', () => {
    expect(
      saturation([node('MatMulInteger', ['x', 'w'], 'y')], weights(wide, [2, 2], uint8)),
    ).toBeUndefined();
  });

  it('accepts wide weights in depthwise convolutions, but not in other convolutions of groups', () => {
    const layer = node('ConvInteger', ['x', 'w'], 'y', { group: 2 });

    expect(saturation([layer], weights(wide, [2, 1, 1, 2]))).toBeUndefined();
    expect(saturation([layer], weights(wide, [2, 2, 1, 1]))).toContain('(1 layer)');
  });

  it('finds wide weights behind 20,000 operators that pass them on', () => {
    const chain = Array.from({ length: 20_000 }, (_, i) =>
      node('Identity', [i ? `c${i - 1}` : 'w'], `c${i}`),
    );

    expect(saturation([...chain, node('MatMulInteger', ['x', 'c19999'], 'y')], weights(wide))).toContain(
      '(1 layer)',
    );
  });

  it('has nothing to say of weights that depend on themselves', () => {
    const nodes = [node('Identity', ['d'], 'd'), node('MatMulInteger', ['x', 'd'], 'y')];

    expect(saturation(nodes, weights(wide))).toBeUndefined();
  });

  it('accepts wide weights that no layer multiplies', () => {
    expect(saturation([node('Gather', ['w', 'x'], 'y')], weights(wide))).toBeUndefined();
  });
});
