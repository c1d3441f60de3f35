/** Checks that a model fits into a Lambda function together with the runtime layer. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildRuntimeLayer } from '../runtime/layer.ts';
import { assertFitsLambda } from '../size.ts';

/**
 * Adds the runtime layer of arm64, the default and the smaller one. A deployment checks again, with the function.
 *
 * @returns The size of the model's layer in bytes.
 * @throws TooLargeForLambda
 */
export function assertDeployable(modelDir: string): number {
  const runtimeDir = mkdtempSync(join(tmpdir(), 'bucketlens-runtime-'));
  try {
    buildRuntimeLayer({ platform: 'linux', arch: 'arm64', outDir: runtimeDir });
    const [model] = assertFitsLambda([modelDir, runtimeDir]);
    return model!.bytes;
  } finally {
    rmSync(runtimeDir, { recursive: true });
  }
}
