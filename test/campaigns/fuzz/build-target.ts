/** Bundles a target with all its imports into a program that fuzzes it and counts branches. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { instrument } from './instrument.ts';

/**
 * @param name Name of the target.
 * @param outFile Path of an ES module inside the repository, from which it imports packages.
 */
export async function buildTarget(name: string, outFile: string): Promise<void> {
  await build({
    stdin: {
      // The fuzzer comes first: the sources ask it for their counters.
      contents: `import { fuzz } from './fuzz-process.ts'; import * as target from './targets/${name}.ts'; await fuzz(target);`,
      resolveDir: import.meta.dirname,
    },
    outfile: outFile,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: 'inline',
    plugins: [instrumented],
  });
}

const root = join(import.meta.dirname, '../../..');
const valibot = fileURLToPath(import.meta.resolve('valibot'));

const instrumented: Plugin = {
  name: 'instrumented',
  setup: ({ onResolve, onLoad }) => {
    // Instrumented because schemas branch inside the library.
    onResolve({ filter: /^valibot$/ }, () => ({ path: valibot }));
    onLoad({ filter: /\.m?[jt]s$/ }, ({ path }) => {
      const source = inPlace(readFileSync(path, 'utf8'), path);
      const counts = path === valibot || /^(functions|layers|local)\b/.test(path.slice(root.length + 1));
      return { contents: counts ? instrument(source) : source, loader: 'ts' };
    });
  },
};

/** In the bundle, modules are no longer next to the files that they read. */
function inPlace(source: string, path: string): string {
  return source
    .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href))
    .replaceAll('import.meta.dirname', JSON.stringify(dirname(path)));
}
