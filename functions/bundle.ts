/** The function as Lambda runs it: handler.ts and all it imports in one CommonJS file, with the image codecs beside it. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { type BuildOptions, buildSync } from 'esbuild';
import { writeFolder } from '../layers/folder.ts';

/**
 * Bundles the function into `outDir`: `index.js`, which exports `handler`, and the codecs' `.wasm` files.
 * The same sources give the same bytes.
 *
 * @returns The files that went into it, relative to the repository.
 * @throws if a source cannot be parsed or an import not be found; the message names file and line.
 */
export function bundleFunction(outDir: string): string[] {
  const { outputFiles, metafile } = buildSync({
    entryPoints: [join(import.meta.dirname, 'classify/handler.ts')],
    outfile: join(outDir, 'index.js'),
    // The bundle names its modules by their path from here, wherever the build was started.
    absWorkingDir: join(import.meta.dirname, '..'),
    write: false,
    metafile: true,
    // Native: it comes from the runtime layer.
    external: ['onnxruntime-node'],
    ...bundling,
  });
  writeFolder(
    outDir,
    new Map([
      ...outputFiles.map(({ path, contents }): [string, Uint8Array] => [basename(path), contents]),
      // What it is must not depend on the folders above it.
      ['package.json', Buffer.from('{ "type": "commonjs" }\n')],
      ...codecs.map((path): [string, Uint8Array] => [basename(path), readFileSync(require.resolve(path))]),
    ]),
  );
  return Object.keys(metafile.inputs);
}

/** How a program for Lambda is bundled, this one or one that it is compared with. */
export const bundling = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  // Layers are found through NODE_PATH, which `require` follows and `import` does not.
  format: 'cjs',
  // Packages' ES modules rather than their CommonJS: what is not used can be left out.
  mainFields: ['module', 'main'],
  // Names stay, so that a stack trace in the logs can be read without a source map.
  minifySyntax: true,
  minifyWhitespace: true,
  // Node prints the line an uncaught error comes from: it must not be the whole bundle.
  lineLimit: 200,
  banner: { js: "'use strict';const bundleUrl=require('node:url').pathToFileURL(__filename).href;" },
  define: { 'import.meta.url': 'bundleUrl' },
} satisfies BuildOptions;

const require = createRequire(import.meta.url);

const codecs = ['@jsquash/webp/codec/dec/webp_dec.wasm', '@jsquash/avif/codec/dec/avif_dec.wasm'];
