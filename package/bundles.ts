/** Bundles the package's JavaScript: the construct, the CDK app, the program with its processes and page, and the pixels. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import { filesIn } from '../layers/folder.ts';
import { pageEntries } from '../local/playground/server/page-bundle.ts';

const root = join(import.meta.dirname, '..');

/** Modules of a clone that the package replaces, because it contains what they build. */
const replacements: Readonly<Record<string, string>> = {
  'cdk/constructs/artefacts.ts': 'package/prebuilt.ts',
  'functions/bundle.ts': 'package/program/bundle.ts',
  'layers/places.ts': 'package/program/places.ts',
  'layers/runtime/layer.ts': 'package/program/runtime-layer.ts',
  'layers/runtime/local.ts': 'package/program/local.ts',
  'local/cli/cdk-program.ts': 'package/program/cdk-program.ts',
  'local/fork-source.ts': 'package/program/fork-source.ts',
  'local/playground/server/page-bundle.ts': 'package/program/page-bundle.ts',
};

/**
 * Bundles everything into the package's folder, in which the function is already.
 *
 * @returns The paths of the sources, relative to the repository.
 */
export async function bundlePackage(dir: string): Promise<string[]> {
  const sources = [
    await bundle({ ...commonJs, ...at('package/index.ts', dir, 'index.js'), banner: constructBanner }),
    await bundle({ ...commonJs, ...at('package/program/app.ts', dir, 'app.js') }),
    await bundle({ ...pixels, ...at('package/pixels.ts', dir, 'pixels/index.js') }),
    // Next to the same compiled code.
    await bundle({ ...pixels, ...at('package/jimp.ts', dir, 'pixels/jimp.js') }),
    await bundleProgram(join(dir, 'program')),
  ];
  for (const name of filesIn(join(dir, 'function')).filter((name) => name.endsWith('.wasm'))) {
    cpSync(join(dir, 'function', name), join(dir, 'pixels', name));
  }
  return sources.flat();
}

function at(source: string, dir: string, target: string) {
  return { entryPoints: [join(root, source)], outfile: join(dir, target) };
}

async function bundle(options: BuildOptions): Promise<string[]> {
  const { metafile } = await build({
    absWorkingDir: root,
    bundle: true,
    metafile: true,
    platform: 'node',
    target: 'node20',
    mainFields: ['module', 'main'],
    // The app's own copy: constructs of a second copy would not belong to its tree.
    external: ['aws-cdk-lib', 'constructs'],
    plugins: [withReplacements],
    logLevel: 'error',
    ...options,
  });
  return Object.keys(metafile!.inputs);
}

/** Constants of every bundle, by which its sources find their files: the package's folder, and the URL of a path in it. */
const packageFolder = 'bucketlensPackage';
const packageUrl = 'bucketlensUrl';

const commonJs: BuildOptions = {
  format: 'cjs',
  banner: {
    js: `'use strict';const ${packageFolder}=__dirname;const ${packageUrl}=(path)=>require('node:url').pathToFileURL(__dirname+path).href;`,
  },
};

/** Compiled code stands next to the bundle, also where a user's bundler copies both. */
const pixels: BuildOptions = {
  format: 'cjs',
  minifySyntax: true,
  banner: {
    js: `'use strict';const ${packageUrl}=(path)=>require('node:url').pathToFileURL(require('node:path').join(__dirname,require('node:path').basename(path))).href;`,
  },
};

/** The CDK is optional for those who only use the program, so npm does not ask for it. */
const constructBanner = {
  js: `${commonJs.banner!.js}
try { require.resolve('aws-cdk-lib'); require.resolve('constructs'); } catch {
  throw new Error("the construct of bucketlens needs aws-cdk-lib and constructs: npm install aws-cdk-lib constructs");
}`,
};

/** An ES module for each command and process, with their common parts in chunks. */
async function bundleProgram(outdir: string): Promise<string[]> {
  const sources = await bundle({
    entryPoints: [
      'local/cli/bucketlens.ts',
      'local/playground/aws/lambda-process.ts',
      'local/playground/server/input-process.ts',
    ],
    outdir,
    entryNames: '[name]',
    chunkNames: 'chunk-[hash]',
    format: 'esm',
    splitting: true,
    minifySyntax: true,
    minifyWhitespace: true,
    banner: {
      js: [
        "import {createRequire as bucketlensRequire} from 'node:module';",
        'const require=bucketlensRequire(import.meta.url);',
        `const ${packageFolder}=require('node:path').join(import.meta.dirname,'..');`,
        `const ${packageUrl}=(path)=>require('node:url').pathToFileURL(${packageFolder}+path).href;`,
      ].join(''),
    },
    alias: { 'onnxruntime-node': join(root, 'package/program/onnxruntime.ts') },
  });
  writeFileSync(join(outdir, 'package.json'), '{ "type": "module" }\n');
  writeFileSync(join(outdir, 'cli.js'), "#!/usr/bin/env node\nimport './bucketlens.js';\n", { mode: 0o755 });
  for (const path of readFiles) cpSync(join(root, path), join(outdir, path), { recursive: true });
  const page = await bundlePageFiles(join(outdir, 'local/playground/page'));
  return [...sources, ...page];
}

/** Files that the program reads, at their paths in the repository. */
const readFiles = [
  'cdk.json',
  'layers/model/onnx/onnx.proto',
  'layers/model/keras/LICENSE.resnet-weights.txt',
  'local/cli/verify/raccoon-12mp.jpg',
  'local/playground/page/index.html',
  'local/playground/page/icon.svg',
  'local/playground/server/samples',
];

function bundlePageFiles(outdir: string): Promise<string[]> {
  return bundle({
    entryPoints: Object.entries(pageEntries).map(([name, source]) => ({
      in: `local/playground/page/${source}`,
      out: name.replace(/\.\w+$/, ''),
    })),
    outdir,
    platform: 'browser',
    format: 'esm',
    target: 'es2022',
    plugins: [],
  });
}

const withReplacements: Plugin = {
  name: 'with-replacements',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^\..*\.ts$/ }, ({ path, resolveDir }) => {
      const replacement = replacements[relativeToRoot(resolve(resolveDir, path))];
      return replacement ? { path: join(root, replacement) } : undefined;
    });
    onLoad({ filter: /\.ts$/ }, ({ path }) => {
      const source = readFileSync(path, 'utf8');
      return path.includes('node_modules') || !source.includes('import.meta.')
        ? undefined
        : { contents: withPlaces(source, relativeToRoot(path)), loader: 'ts' };
    });
  },
};

function relativeToRoot(path: string): string {
  return relative(root, path).replaceAll('\\', '/');
}

/** Lets a source find the files that it reads: in `program/`, at its own path in the repository. */
function withPlaces(source: string, path: string): string {
  // As in the function, compiled code stands in the folder of the bundle; without a folder, kernels.ts looks for it there.
  const isFunction = path.startsWith('functions/classify/');
  const folder = path.startsWith('package/') ? '' : `/program/${dirname(path)}`;
  const file = isFunction ? `/function/${basename(path)}` : `${folder}/${basename(path)}`;
  return source
    .replaceAll(
      'import.meta.dirname',
      isFunction ? 'undefined' : `(${packageFolder}+${JSON.stringify(folder)})`,
    )
    .replaceAll('import.meta.url', `${packageUrl}(${JSON.stringify(file)})`);
}
