import { join } from 'node:path';
import { Tensor as OrtTensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { tolerances } from '../../../../layers/model/check.ts';
import { loadNetwork } from '../../../../layers/model/onnx/optimise.ts';
import { readOnnx } from '../../../../layers/model/onnx/read-onnx.ts';
import { storeNetwork } from '../../../../layers/model/onnx/store.ts';
import { temporaryFolder } from '../fixtures.ts';
import { fixtures, images, onnxRuntime } from './network.ts';

const folder = temporaryFolder();

describe.each(Object.entries(onnxRuntime.foreign))(
  "ONNX Runtime's quantised network %s",
  (name, expected) => {
    const path = join(fixtures, `${name}.onnx`);

    it('is recognised, with a warning if its weights saturate on some processors', async () => {
      const { isQuantised, ending, assumptions } = await readOnnx(path, { folder });

      expect(isQuantised).toBe(true);
      expect(ending.kind).toBe('softmax');
      if (name.endsWith('wide')) expect(assumptions).toEqual([expect.stringContaining('(4 layers)')]);
      else expect(assumptions).toBeUndefined();
    });

    it('gives the scores of ONNX Runtime in Python after it was stored', async () => {
      const stored = join(folder, `${name}.onnx`);
      await storeNetwork(path, stored, join(folder, `${name}.bin`), 'fp32', folder);

      const session = await loadNetwork(stored, { graphOptimizationLevel: 'all' });
      const { data, dims } = images()[0]!;
      const { scores } = await session.run({ input: new OrtTensor('float32', data, dims) });
      await session.release();

      for (const [i, score] of (scores!.data as Float32Array).entries()) {
        expect(Math.abs(score - expected[i]!), `class ${i}`).toBeLessThan(tolerances.int8);
      }
    });
  },
);
