import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { localRuntimeModules } from '../../../layers/runtime/local.ts';

it("gives a folder from which this machine's ONNX Runtime loads", () => {
  const modules = localRuntimeModules();

  const runtime = createRequire(import.meta.url)(join(modules, 'onnxruntime-node'));
  expect(runtime.InferenceSession.create).toBeTypeOf('function');
});
