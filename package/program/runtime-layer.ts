/** Replaces layers/runtime/layer.ts in the package, which contains the layers of Lambda. */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import type * as clone from '../../layers/runtime/layer.ts';

export const buildRuntimeLayer: typeof clone.buildRuntimeLayer = ({ platform, arch, outDir }) => {
  cpSync(join(import.meta.dirname, `layers/runtime-${platform}-${arch}`), outDir, { recursive: true });
};
