import { describe, expect, it } from 'vitest';
import { assertFinite } from '../../../../layers/model/onnx/write-graph.ts';

describe('the weights of a network', () => {
  it.each([Number.NaN, Number.POSITIVE_INFINITY])('are refused with %d among them', (value) => {
    expect(() => assertFinite(Float32Array.of(0, value), 'dense/kernel')).toThrow(
      "'dense/kernel' holds weights that are not finite numbers; the training diverged or the file is damaged",
    );
  });
});
