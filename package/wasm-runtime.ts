/** ONNX Runtime in WebAssembly, laid out as the runtime layers are: it takes the place of onnxruntime-node where that has no binary. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { filesIn, writeFolder } from '../layers/folder.ts';

/** Fills `outDir` with `nodejs/node_modules/`, in which `require('onnxruntime-node')` loads onnxruntime-web. */
export function buildWasmRuntime(outDir: string): void {
  const dist = dirname(require.resolve('onnxruntime-web'));
  const common = join(dirname(createRequire(dist).resolve('onnxruntime-common')), '../..');
  const { version, license } = JSON.parse(readFileSync(join(dist, '../package.json'), 'utf8'));
  const code = ['ort.node.min.js', 'ort-wasm-simd-threaded.mjs', 'ort-wasm-simd-threaded.wasm'];
  const commonCode = filesIn(common).filter(
    (path) => path === 'package.json' || /^dist\/cjs\/.*\.(js|json)$/.test(path),
  );
  const manifest = { name: 'onnxruntime-node', version, license, main: 'index.js' };
  writeFolder(
    outDir,
    new Map<string, Uint8Array>([
      [`${home}/package.json`, Buffer.from(`${JSON.stringify(manifest)}\n`)],
      [`${home}/index.js`, Buffer.from(index)],
      ...code.map((path) => [`${home}/${path}`, readFileSync(join(dist, path))] as const),
      ...commonCode.map(
        (path) =>
          [`nodejs/node_modules/onnxruntime-common/${path}`, readFileSync(join(common, path))] as const,
      ),
    ]),
  );
}

const require = createRequire(import.meta.url);
const home = 'nodejs/node_modules/onnxruntime-node';

const index = `'use strict';
const runtime = require('./ort.node.min.js');
// Its threads would keep the process alive at the end.
runtime.env.wasm.numThreads = 1;
module.exports = runtime;
`;
