import { describe, expect, it } from 'vitest';
import { liftOpset } from '../../../../layers/model/int8/lift-opset.ts';
import type { ModelProto } from '../../../../layers/model/onnx/proto.ts';

function modelOf(version: number, opType = 'Conv'): ModelProto {
  const node = [{ name: '', opType, input: [], output: [] }];
  return {
    irVersion: 4,
    graph: { name: '', node, initializer: [], input: [], output: [] },
    opsetImport: [{ domain: 'com.microsoft', version: 1 }, { version }],
  };
}

describe('liftOpset', () => {
  it.each([10, 17])('leaves opset %i as it is', (version) => {
    const model = modelOf(version);

    expect(liftOpset(model)).toBe(version);
    expect(model).toEqual(modelOf(version));
  });

  it.each([7, 9])('raises opset %i to the first one with integer convolutions', (version) => {
    const model = modelOf(version);

    expect(liftOpset(model)).toBe(10);
    expect(model.opsetImport).toEqual([{ version: 10 }, { domain: 'com.microsoft', version: 1 }]);
  });

  it.each([
    [6, 'Conv', /uses opset 6; integer operators need opset 10: export it again with opset 13 or newer/],
    [9, 'Upsample', /uses opset 9, and its operator Upsample has changed since/],
  ])('refuses opset %i with %s', (version, opType, message) => {
    expect(() => liftOpset(modelOf(version, opType))).toThrow(message);
  });
});
