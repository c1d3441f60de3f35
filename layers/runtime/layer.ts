/** The runtime layer: the files of onnxruntime-node that one platform loads (25 to 75 of 300 MB). */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { filesIn, writeFolder } from '../folder.ts';

export interface RuntimeLayerOptions {
  /** A value of `process.platform`. */
  readonly platform: string;
  /** A value of `process.arch`. */
  readonly arch: string;
  readonly outDir: string;
}

/** ONNX Runtime publishes no library for this platform. */
export class UnsupportedPlatform extends Error {
  override readonly name = 'UnsupportedPlatform';
}

/**
 * Fills `outDir` from the installed packages as Lambda mounts it on /opt: `nodejs/node_modules/` with onnxruntime-node and
 * onnxruntime-common, which `require` finds through NODE_PATH. Any platform's layer can be built on any platform.
 *
 * @throws UnsupportedPlatform
 */
export function buildRuntimeLayer({ platform, arch, outDir }: RuntimeLayerOptions): void {
  const runtime = dirname(require.resolve('onnxruntime-node/package.json'));
  // Resolved by its code: the package does not export its package.json.
  const common = join(
    dirname(createRequire(join(runtime, 'package.json')).resolve('onnxruntime-common')),
    '../..',
  );
  assertSupported(runtime, platform, arch);

  const isBinding = (path: string) =>
    path.startsWith(`bin/napi-v6/${platform}/${arch}/`) && !isSecondCopy(path);
  writeFolder(
    outDir,
    new Map([
      ...pick(runtime, 'onnxruntime-node', (path) => isCode(path, 'dist') || isBinding(path)),
      ...pick(common, 'onnxruntime-common', (path) => isCode(path, 'dist/cjs')),
    ]),
  );
}

const require = createRequire(import.meta.url);

function assertSupported(runtime: string, platform: string, arch: string): void {
  const bin = join(runtime, 'bin/napi-v6');
  const supported = readdirSync(bin).flatMap((system) =>
    readdirSync(join(bin, system)).map((cpu) => `${system} ${cpu}`),
  );
  if (supported.includes(`${platform} ${arch}`)) return;
  throw new UnsupportedPlatform(
    `onnxruntime-node has no library for ${platform} ${arch}; it has ${supported.join(', ')}. The layer for Lambda (linux) can be built here all the same`,
  );
}

function pick(packageDir: string, name: string, wanted: (path: string) => boolean): [string, Uint8Array][] {
  return filesIn(packageDir)
    .filter(wanted)
    .map((path) => [`nodejs/node_modules/${name}/${path}`, readFileSync(join(packageDir, path))]);
}

function isCode(path: string, dir: string): boolean {
  return path === 'package.json' || (path.startsWith(`${dir}/`) && /\.(js|json)$/.test(path));
}

// On macOS the library is installed twice; the binding loads libonnxruntime.1.dylib.
function isSecondCopy(path: string): boolean {
  return /\.\d+\.\d+\.\d+\.dylib$/.test(path);
}
