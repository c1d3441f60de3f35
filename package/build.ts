/**
 * Builds the npm package: the construct with the function and layers that it deploys, the program, and the pixels as a library.
 * Everything is bundled, so it has no dependencies; users need no TypeScript, esbuild or onnxruntime-node (300 MB).
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleFunction } from '../functions/bundle.ts';
import { makeReadable } from '../layers/folder.ts';
import { buildModelLayer } from '../layers/model/layer.ts';
import { embeddedModels } from '../layers/places.ts';
import { buildRuntimeLayer } from '../layers/runtime/layer.ts';
import { bundlePackage } from './bundles.ts';
import { writeDeclarations } from './declarations.ts';
import { packageLicences } from './licences.ts';
import { packageManifest } from './manifest.ts';
import { buildWasmRuntime } from './wasm-runtime.ts';

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
  const packageSources = await bundlePackage(dir);
  writeDeclarations(join(dir, 'types'));
  copyInto(dir, join(root, 'functions/classify/publish'), ['prediction-event.schema.json']);

  copyInto(dir, root, ['LICENSE']);
  copyPages(dir);
  copyInto(dir, import.meta.dirname, ['README.md', 'NOTICE', 'licences']);
  const licences = packageLicences(root, [...functionSources, ...packageSources]);
  writeFileSync(join(dir, 'licences/npm-packages.txt'), licences);

  const manifest = packageManifest(
    JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')),
    process.env.GITHUB_REPOSITORY,
  );
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
  buildWasmRuntime(join(dir, 'layers/runtime-wasm'));
  for (const [name, modelDir] of Object.entries(embeddedModels)) {
    buildModelLayer({ modelDir, outDir: join(dir, `layers/model-${name}`) });
  }
  return bundleFunction(join(dir, 'function'));
}

function copyInto(dir: string, from: string, paths: readonly string[]): void {
  for (const path of paths) cpSync(join(from, path), join(dir, path), { recursive: true });
}

/** Copies the pages that users of the package need. Links to other files of the repository become plain text. */
function copyPages(dir: string): void {
  mkdirSync(join(dir, 'docs'));
  for (const page of pages) {
    const text = readFileSync(join(root, 'docs', `${page}.md`), 'utf8');
    const linked = text.replaceAll(
      /!?\[([^\]]*)\]\((?!https?:|#)([^)#]+)(?:#[^)]*)?\)/g,
      (link, words, target) => (pages.includes(target.replace(/\.md$/, '')) ? link : words),
    );
    writeFileSync(join(dir, 'docs', `${page}.md`), linked);
  }
}

const pages = [
  'backfill',
  'command-line',
  'deploy',
  'failures',
  'images',
  'label-rules',
  'operations',
  'pixels',
  'predictions',
  'preprocessing',
  'query-labels',
  'template',
  'verify',
  'watch',
  'your-own-network',
  'your-own-stack',
];

function pack(dir: string): void {
  // On Windows, npm is a script that needs a shell.
  const shell = process.platform === 'win32';
  execFileSync('npm', ['pack', '--silent', '--pack-destination', '..'], { cwd: dir, shell });
}
