import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { buildArtefacts } from '../../cdk/constructs/artefacts.ts';
import { filesIn } from '../../layers/folder.ts';
import { buildPackage } from '../../package/build.ts';
import { blocksOf, pages } from '../docs/pages.ts';
import { installApp, installOldestCdk, newestCdk, oldestCdk } from './install.ts';

const root = join(import.meta.dirname, '../..');
const require = createRequire(import.meta.url);

// npm, the CDK and the compiler take their time on a busy machine.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 300_000 });

let parent: string;
let tarball: string;
let app: string;
let installed: string;
let umask: number;
beforeAll(async () => {
  // The strictest one in use: files must be readable for everybody all the same. Programs that the tests start inherit it.
  umask = process.umask(0o077);
  parent = mkdtempSync(join(tmpdir(), 'bucketlens-package-'));
  tarball = await buildPackage(join(parent, 'build'));
  app = installApp(tarball, parent);
  installed = join(app, 'node_modules/bucketlens');
});
afterAll(() => {
  process.umask(umask);
  rmSync(parent, { recursive: true });
});

function digest(bytes: Uint8Array) {
  return createHash('sha256').update(bytes).digest('hex');
}
/** The digest of each file. */
function contentsOf(dir: string) {
  return Object.fromEntries(filesIn(dir).map((path) => [path, digest(readFileSync(join(dir, path)))]));
}
/** The files that others than their owner cannot read. */
function unreadableIn(dir: string) {
  return filesIn(dir).filter((path) => (statSync(join(dir, path)).mode & 0o444) !== 0o444);
}

describe('the package', () => {
  it('contains the artefacts, types, docs and licences, and nothing else', () => {
    const paths = filesIn(installed);

    expect(paths.filter((path) => !/^(layers|types|program)\//.test(path))).toEqual([
      'LICENSE',
      'NOTICE',
      'README.md',
      'app.js',
      'docs/backfill.md',
      'docs/command-line.md',
      'docs/deploy.md',
      'docs/failures.md',
      'docs/images.md',
      'docs/label-rules.md',
      'docs/operations.md',
      'docs/pixels.md',
      'docs/predictions.md',
      'docs/preprocessing.md',
      'docs/query-labels.md',
      'docs/template.md',
      'docs/verify.md',
      'docs/watch.md',
      'docs/your-own-network.md',
      'docs/your-own-stack.md',
      'function/avif_dec.wasm',
      'function/credentials.js',
      'function/index.js',
      'function/kernels.wasm',
      'function/package.json',
      'function/webp_dec.wasm',
      'index.js',
      'licences/avif-decoder.txt',
      'licences/npm-packages.txt',
      'licences/onnxruntime-third-party.txt',
      'licences/onnxruntime.txt',
      'package.json',
      'pixels/avif_dec.wasm',
      'pixels/index.js',
      'pixels/jimp.js',
      'pixels/kernels.wasm',
      'pixels/webp_dec.wasm',
      'prediction-event.schema.json',
    ]);
    expect(readdirSync(join(installed, 'layers')).sort()).toEqual([
      'model-efficientnet-lite0',
      'model-open-nsfw',
      'runtime-linux-arm64',
      'runtime-linux-x64',
      'runtime-wasm',
    ]);
    expect(paths.filter((path) => path.startsWith('types/') && !path.endsWith('.d.ts'))).toEqual([]);
  });

  it('is at most 60 MB', () => {
    expect(statSync(tarball).size).toBeLessThan(60_000_000);
  });

  it.skipIf(process.platform === 'win32')('lets everybody read its files, whatever the umask', () => {
    const files = execFileSync('tar', ['-tvf', tarball], { encoding: 'utf8' }).trim().split('\n');

    expect(files.length).toBeGreaterThan(20);
    expect(files.filter((line) => !/^-r..r..r/.test(line))).toEqual([]);
  });

  it('contains no path of the machine that built it', () => {
    const places = [root, parent].map((place) => Buffer.from(`${place}/`));

    const telling = filesIn(installed).filter((path) => {
      const bytes = readFileSync(join(installed, path));
      return places.some((place) => bytes.includes(place));
    });

    expect(telling).toEqual([]);
  });

  it('depends on nothing; the CDK is the peer of its construct alone', () => {
    const manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
    const code = readFileSync(join(installed, 'index.js'), 'utf8');

    expect(manifest).not.toHaveProperty('dependencies');
    expect(manifest).not.toHaveProperty('scripts');
    const oldest = JSON.parse(readFileSync(join(import.meta.dirname, 'oldest-cdk/package.json'), 'utf8'));
    expect(manifest.peerDependencies).toEqual({
      'aws-cdk-lib': `^${oldest.dependencies['aws-cdk-lib']}`,
      constructs: `^${oldest.dependencies.constructs}`,
    });
    expect(manifest.peerDependenciesMeta).toEqual({
      'aws-cdk-lib': { optional: true },
      constructs: { optional: true },
    });
    const modules = new Set([...code.matchAll(/\brequire\("([^"]+)"\)/g)].map(([, name]) => name));
    expect([...modules].filter((name) => !/^(node:|aws-cdk-lib\b|constructs$)/.test(name!))).toEqual([]);
  });

  it('has no broken links in its docs', () => {
    const broken = filesIn(installed)
      .filter((path) => path.endsWith('.md'))
      .flatMap((path) =>
        [...readFileSync(join(installed, path), 'utf8').matchAll(/\]\((?!https:)([^)#]+)/g)]
          .map(([, link]) => join(dirname(path), link!))
          .filter((target) => !filesIn(installed).includes(target)),
      );

    expect(broken).toEqual([]);
  });

  it.each(['valibot', '@aws-sdk/client-s3', '@jsquash/avif'])(
    'has the licence of the bundled version of %s',
    (name) => {
      const { version, license } = require(`${root}/node_modules/${name}/package.json`);

      expect(readFileSync(join(installed, 'licences/npm-packages.txt'), 'utf8')).toContain(
        `${name} ${version} (${license})`,
      );
    },
  );

  it('has the notices of the ONNX Runtime in its layers', () => {
    const { version } = require('onnxruntime-node/package.json');

    expect(readFileSync(join(installed, 'NOTICE'), 'utf8')).toContain(`ONNX Runtime ${version} `);
  });
});

describe('npm pack in a clone', () => {
  it('fails with the command that builds the package', async () => {
    const clone = join(parent, 'clone');
    for (const name of ['package.json', '.npmrc']) cpSync(join(root, name), join(clone, name));

    // `npm run` hands its own settings on.
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('npm_')));
    await expect(promisify(execFile)('npm', ['pack'], { cwd: clone, env })).rejects.toThrow(
      /use: npm run package/,
    );
    expect(readdirSync(clone).sort()).toEqual(['.npmrc', 'package.json']);
  });
});

describe('a CDK app with the package', () => {
  const run = async (program: string, context: Record<string, string>) => {
    const outDir = join(parent, `out-${program}`);
    await promisify(execFile)(process.execPath, [program], {
      cwd: app,
      env: {
        PATH: process.env.PATH,
        HOME: parent,
        XDG_CACHE_HOME: join(parent, 'cache'),
        CDK_OUTDIR: outDir,
        CDK_VALIDATION: 'false',
        CDK_CONTEXT_JSON: JSON.stringify(context),
      },
    });
    const template = Template.fromJSON(
      JSON.parse(readFileSync(join(outDir, 'Photos.template.json'), 'utf8')),
    );
    /** The files of the function or layer with that description. */
    return (type: 'Function' | 'LayerVersion', description: string) => {
      const found = template.findResources(`AWS::Lambda::${type}`, {
        Properties: { Description: Match.stringLikeRegexp(description) },
      });
      const [{ Properties: properties }] = Object.values(found) as [{ Properties: Record<string, Asset> }];
      const { S3Key: key } = properties[type === 'Function' ? 'Code' : 'Content']!;
      return contentsOf(join(outDir, `asset.${key.replace('.zip', '')}`));
    };
  };
  interface Asset {
    readonly S3Key: string;
  }

  it('needs no TypeScript, esbuild, tsx or onnxruntime-node', () => {
    expect(readdirSync(join(app, 'node_modules')).filter((name) => !name.startsWith('.'))).toEqual([
      'bucketlens',
    ]);
    expect(readdirSync(installed)).not.toContain('node_modules');
  });

  it('deploys the same files from CommonJS as a clone', async () => {
    const clone = buildArtefacts({ arch: 'arm64', model: 'efficientnet-lite0' });

    const asset = await run('app.cjs', {});

    expect(asset('Function', 'Bucketlens')).toEqual(contentsOf(clone.functionDir));
    expect(asset('LayerVersion', 'onnxruntime')).toEqual(contentsOf(clone.runtimeLayerDir));
    expect(asset('LayerVersion', '^model-efficientnet-lite0$')).toEqual(contentsOf(clone.modelLayerDir));
  });

  it.skipIf(process.platform === 'win32')(
    'deploys files that everybody can read, though npm has installed them with a strict umask',
    async () => {
      expect(unreadableIn(join(installed, 'docs'))).toContain('deploy.md');

      await run('app.cjs', {});

      const assets = join(parent, 'out-app.cjs');
      const deployed = filesIn(assets).filter((path) => path.startsWith('asset.'));
      expect(deployed.map((path) => basename(path))).toEqual(
        expect.arrayContaining(['index.js', 'model.json', 'libonnxruntime.so.1']),
      );
      expect(unreadableIn(assets).filter((path) => path.startsWith('asset.'))).toEqual([]);
    },
  );

  it('deploys its own model folder from an ES module, on x86_64', async () => {
    const clone = buildArtefacts({ arch: 'x64', model: 'efficientnet-lite0' });
    const modelDir = join(app, 'models/mine');
    cpSync(join(root, 'layers/model/efficientnet-lite0'), modelDir, { recursive: true });
    const manifest = readFileSync(join(modelDir, 'model.json'), 'utf8');
    writeFileSync(join(modelDir, 'model.json'), manifest.replace('"efficientnet-lite0"', '"mine"'));

    const asset = await run('app.mjs', { architecture: 'x86_64', model: './models/mine' });

    expect(asset('LayerVersion', 'onnxruntime')).toEqual(contentsOf(clone.runtimeLayerDir));
    const files = Object.entries(contentsOf(modelDir)).map(([path, bytes]) => [`model/${path}`, bytes]);
    expect(asset('LayerVersion', '^model-mine$')).toEqual(Object.fromEntries(files));
  });

  it("deploys the construct's label rules with the embedded network", async () => {
    const rules = Buffer.from(
      `${JSON.stringify({ merge: { cat: ['tabby', 'tiger_cat', 'Egyptian_cat'] } }, undefined, 2)}\n`,
    );
    writeFileSync(join(app, 'rules.json'), rules);

    const asset = await run('app.mjs', { labelRules: './rules.json' });

    const layer = asset('LayerVersion', '^model-efficientnet-lite0-[0-9a-f]{8}$');
    expect(layer['model/label-rules.json']).toBe(digest(rules));
    expect(Object.keys(layer)).toContain('model/model.json');
  });

  it('gets an error that says how to deploy a network that is not in the package', async () => {
    await expect(run('app.mjs', { model: 'resnet50' })).rejects.toThrow(
      /InvalidModel: no model resnet50: .*Use efficientnet-lite0 or open-nsfw, .*or the path of a model folder.*npx bucketlens model NAME/,
    );
  });

  it.each([
    ['nodenext', ['--module', 'nodenext']],
    // The CDK's own declarations are checked once, above: that takes a while.
    ['bundler', ['--module', 'esnext', '--moduleResolution', 'bundler', '--skipLibCheck']],
  ])(
    'compiles its stack, its handlers and the code blocks of the READMEs and docs, resolved as %s',
    (_, options) => {
      const shown = ['package/README.md', ...pages].flatMap(blocksOf);
      const blocks = shown.filter(({ language }) => ['js', 'ts'].includes(language));
      for (const [index, { code }] of blocks.entries()) writeFileSync(join(app, `block-${index}.ts`), code);
      const compiler = join(root, 'node_modules/typescript/bin/tsc');

      expect(blocks.length).toBeGreaterThan(5);
      expect(() =>
        execFileSync(process.execPath, [compiler, ...options], { cwd: app, encoding: 'utf8' }),
      ).not.toThrow();
    },
  );
});

describe.each([
  ['the oldest supported CDK', oldestCdk],
  ['the newest CDK', newestCdk],
])('an app with %s', (_, cdk) => {
  let home: string;
  let ownApp: string;
  beforeAll(() => {
    if (cdk === oldestCdk) installOldestCdk();
    home = mkdtempSync(join(parent, 'end-'));
    ownApp = installApp(tarball, home, cdk);
  }, 300_000);
  const run = (...args: string[]) =>
    execFileSync(process.execPath, args, {
      cwd: ownApp,
      encoding: 'utf8',
      env: {
        PATH: process.env.PATH,
        HOME: home,
        XDG_CACHE_HOME: join(home, 'cache'),
        CDK_OUTDIR: join(home, 'out'),
      },
    });

  it('synthesizes as CommonJS and as an ES module', () => {
    for (const program of ['app.cjs', 'app.mjs']) {
      run(program);
      expect(readdirSync(join(home, 'out'))).toContain('Photos.template.json');
      rmSync(join(home, 'out'), { recursive: true });
    }
  });

  it("passes cdk-nag's AwsSolutions rules without acknowledgements of its own", () => {
    expect(JSON.parse(run('nag.cjs'))).toEqual([]);
  });

  it('compiles', () => {
    const compiler = join(root, 'node_modules/typescript/bin/tsc');

    expect(() => run(compiler, '--module', 'nodenext', '--skipLibCheck')).not.toThrow();
  });
});
