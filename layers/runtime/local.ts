/** ONNX Runtime for this machine, laid out as in Lambda; the npm package brings its own (package/program/local.ts). */
import { join } from 'node:path';
import { buildRuntimeLayer } from './layer.ts';

/**
 * Builds the runtime layer for this platform if it is outdated.
 *
 * @returns The layer's `node_modules` folder, for NODE_PATH.
 * @throws UnsupportedPlatform
 */
export function localRuntimeModules(): string {
  const { platform, arch } = process;
  const outDir = join(import.meta.dirname, `../../build/layers/runtime-${platform}-${arch}`);
  buildRuntimeLayer({ platform, arch, outDir });
  return join(outDir, 'nodejs/node_modules');
}
