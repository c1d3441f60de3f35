/**
 * Bundles the Lambda function: handler.ts and its imports in one CommonJS file, with the kernels, image codecs and credential
 * providers next to it.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { type BuildOptions, buildSync, type TransformOptions } from 'esbuild';
import { writeFolder } from '../layers/folder.ts';
import { formats } from './classify/decode/formats.ts';
import { kernelsFile } from './classify/decode/shared/kernels.ts';
import { compileKernels } from './compile-kernels.ts';
import { type HeicDecoder, heicDecoderFiles } from './heic-decoder.ts';
import { bundleProviders, credentialsFile, withoutProviders, withoutUnusedSchemas } from './slim-sdk.ts';

/**
 * Bundles the function into `outDir`: `index.js`, which exports `handler`, `credentials.js`, which it loads if the environment
 * has no credentials, the kernels and the codecs as `.wasm` files.
 * The same sources give the same bytes.
 *
 * @param heic The decoder of HEIC, which the function then decodes.
 * @returns The source files in the bundle, relative to the repository.
 * @throws if a source cannot be parsed or an import not be resolved; the message names file and line
 */
export function bundleFunction(outDir: string, heic?: HeicDecoder): string[] {
  // Module paths in the bundle are relative to this, so that they do not depend on the current directory.
  const options = { ...bundling, absWorkingDir: join(import.meta.dirname, '..') };
  const { outputFiles, metafile } = buildSync({
    ...options,
    ...withoutProviders,
    entryPoints: [join(import.meta.dirname, 'classify/handler.ts')],
    write: false,
    metafile: true,
    // A native module, provided by the runtime layer.
    external: ['onnxruntime-node', ...withoutProviders.external],
    // As `withoutUnusedSchemas` reads it.
    minifyWhitespace: false,
    lineLimit: 0,
  });
  const providers = bundleProviders(options);
  writeFolder(
    outDir,
    new Map([
      ['index.js', Buffer.from(withoutUnusedSchemas(outputFiles[0]!.text, form))],
      [credentialsFile, providers.code],
      // Otherwise a package.json in a parent folder would decide the module type.
      ['package.json', Buffer.from('{ "type": "commonjs" }\n')],
      [kernelsFile, compileKernels()],
      ...formats.flatMap(({ codec }): [string, Uint8Array][] =>
        codec ? [[basename(codec), readFileSync(require.resolve(codec))]] : [],
      ),
      ...(heic ? heicDecoderFiles(heic) : []),
    ]),
  );
  return [...new Set([...Object.keys(metafile.inputs), ...providers.sources])];
}

const form = {
  platform: 'node',
  target: 'node20',
  // Layers are on NODE_PATH, which only `require` searches.
  format: 'cjs',
  // Identifiers are kept, so that stack traces are readable without a source map.
  minifySyntax: true,
  minifyWhitespace: true,
  // Node prints the source line of an uncaught error, which must not be the whole bundle.
  lineLimit: 200,
} satisfies TransformOptions;

/** esbuild options for programs that run on Lambda; the benchmarks bundle other implementations with the same ones. */
export const bundling = {
  ...form,
  bundle: true,
  // Prefer packages' ES modules, which can be tree-shaken.
  mainFields: ['module', 'main'],
  banner: { js: "'use strict';const bundleUrl=require('node:url').pathToFileURL(__filename).href;" },
  define: { 'import.meta.url': 'bundleUrl', 'import.meta.dirname': 'undefined' },
} satisfies BuildOptions;

const require = createRequire(import.meta.url);
