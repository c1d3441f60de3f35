/**
 * Builds the npm package: the construct as one CommonJS file, importable from ES modules too, with the function and layers it
 * deploys. Users need no TypeScript, esbuild or onnxruntime-node (300 MB).
 */
import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { bundleFunction } from '../functions/bundle.ts';
import { makeReadable } from '../layers/folder.ts';
import { buildModelLayer } from '../layers/model/layer.ts';
import { buildRuntimeLayer } from '../layers/runtime/layer.ts';
import { writeDeclarations } from './declarations.ts';
import { packageLicences } from './licences.ts';
import { packageManifest } from './manifest.ts';

/**
 * Writes the package's files to `outDir/package` and packs them. Builds are reproducible.
 *
 * @returns The path of the tarball, `outDir/bucketlens-VERSION.tgz`.
 * @throws if a source does not compile, or a bundled package has no licence text.
 */
export async function buildPackage(outDir: string): Promise<string> {
  const dir = join(outDir, 'package');
  rmSync(dir, { recursive: true, force: true });
  const functionSources = buildDeployed(dir);
  const constructSources = await bundleConstruct(join(dir, 'index.js'));
  writeDeclarations(join(dir, 'types'));
  copyInto(dir, join(root, 'functions/classify/publish'), ['prediction-event.schema.json']);

  copyInto(dir, root, [
    'LICENSE',
    'docs/deploy.md',
    'docs/failures.md',
    'docs/operations.md',
    'docs/predictions.md',
    'docs/query-labels.md',
    'docs/your-own-network.md',
    'docs/your-own-stack.md',
  ]);
  copyInto(dir, import.meta.dirname, ['README.md', 'NOTICE', 'licences']);
  const licences = packageLicences(root, [...functionSources, ...constructSources]);
  writeFileSync(join(dir, 'licences/npm-packages.txt'), licences);

  const manifest = packageManifest(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')));
  writeFileSync(join(dir, 'package.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
  makeReadable(dir);
  pack(dir);
  return join(outDir, `${manifest.name}-${manifest.version}.tgz`);
}

const root = join(import.meta.dirname, '..');

/** Builds the artefacts where prebuilt.ts expects them. Returns the paths of the function's sources. */
function buildDeployed(dir: string): string[] {
  for (const arch of ['arm64', 'x64']) {
    buildRuntimeLayer({ platform: 'linux', arch, outDir: join(dir, `layers/runtime-linux-${arch}`) });
  }
  buildModelLayer({
    modelDir: join(root, 'layers/model/efficientnet-lite0'),
    outDir: join(dir, 'layers/model-efficientnet-lite0'),
  });
  return bundleFunction(join(dir, 'function'));
}

async function bundleConstruct(outfile: string): Promise<string[]> {
  const { metafile } = await build({
    entryPoints: [join(import.meta.dirname, 'index.ts')],
    outfile,
    absWorkingDir: root,
    bundle: true,
    metafile: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    // The app's own copy: constructs of a second copy would not belong to its tree.
    external: ['aws-cdk-lib', 'constructs'],
    mainFields: ['module', 'main'],
    define: { 'import.meta.dirname': '__dirname' },
    plugins: [withPrebuiltArtefacts],
  });
  return Object.keys(metafile.inputs);
}

const withPrebuiltArtefacts: Plugin = {
  name: 'with-prebuilt-artefacts',
  setup: ({ onResolve }) =>
    onResolve({ filter: /\/artefacts\.ts$/ }, () => ({ path: join(import.meta.dirname, 'prebuilt.ts') })),
};

function copyInto(dir: string, from: string, paths: readonly string[]): void {
  for (const path of paths) cpSync(join(from, path), join(dir, path), { recursive: true });
}

function pack(dir: string): void {
  // On Windows, npm is a script that needs a shell.
  const shell = process.platform === 'win32';
  execFileSync('npm', ['pack', '--silent', '--pack-destination', '..'], { cwd: dir, shell });
}
