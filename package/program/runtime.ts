/**
 * Finds an ONNX Runtime for this machine. On Linux it is the one that Lambda gets, which the package contains. Elsewhere it is
 * the user's own onnxruntime-node, if it is installed, and otherwise WebAssembly, which runs on every platform.
 */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type * as Runtime from 'onnxruntime-node';

export interface LoadedRuntime {
  /** The `node_modules` folder from which `require('onnxruntime-node')` loads it. */
  readonly modulesDir: string;
  readonly runtime: typeof Runtime;
}

/** @throws Error with the reason if not even WebAssembly can be loaded: the package is incomplete. */
export function loadRuntime(): LoadedRuntime {
  loaded ??= nativeRuntime() ?? loadFrom(layerModules('wasm'));
  return loaded;
}

let loaded: LoadedRuntime | undefined;

function nativeRuntime(): LoadedRuntime | undefined {
  if (process.env.BUCKETLENS_RUNTIME === 'wasm') return undefined;
  const { platform, arch } = process;
  const own = platform === 'linux' ? [layerModules(`linux-${arch}`)] : [];
  for (const modulesDir of [...own, ...installedModules()]) {
    try {
      return loadFrom(modulesDir);
    } catch {
      // A library for another C library (Alpine) or an installation without its binary: the next one is tried.
    }
  }
  return undefined;
}

function loadFrom(modulesDir: string): LoadedRuntime {
  const runtime: typeof Runtime = createRequire(import.meta.url)(join(modulesDir, 'onnxruntime-node'));
  return { modulesDir, runtime };
}

function layerModules(name: string): string {
  return join(import.meta.dirname, `layers/runtime-${name}/nodejs/node_modules`);
}

/** The folder of onnxruntime-node that the user has installed next to this package or in the working folder. */
function installedModules(): string[] {
  return [join(import.meta.dirname, 'package.json'), join(process.cwd(), 'package.json')].flatMap((from) => {
    try {
      return [dirname(dirname(createRequire(from).resolve('onnxruntime-node/package.json')))];
    } catch {
      return [];
    }
  });
}
