/** The program of the package, installed from the tarball into an empty folder, without the CDK. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { buildPackage } from '../../package/build.ts';
import { decoded, goldens } from '../goldens/goldens.ts';
import { repository, untilEnd, withoutProgress } from '../support/run.ts';
import { installTarball } from './install.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 300_000 });

let parent: string;
let folder: string;
beforeAll(async () => {
  parent = mkdtempSync(join(tmpdir(), 'bucketlens-program-'));
  folder = join(parent, 'empty');
  mkdirSync(folder);
  installTarball(await buildPackage(join(parent, 'build')), folder, parent);
  copyFileSync(join(repository, 'test/support/photos/coffee.png'), join(folder, 'coffee.png'));
});
afterAll(() => rmSync(parent, { recursive: true }));

/** The user's environment: nothing of this repository, and folders of its own for data and caches. */
function environment(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const { PATH, SystemRoot } = process.env;
  return {
    PATH,
    ...(SystemRoot && { SystemRoot }),
    HOME: parent,
    XDG_DATA_HOME: join(parent, 'data'),
    XDG_CACHE_HOME: join(parent, 'cache'),
    ...more,
  };
}

function start(args: readonly string[], more?: NodeJS.ProcessEnv) {
  const program = join(folder, 'node_modules/bucketlens/program/cli.js');
  return spawn(process.execPath, [program, ...args], { cwd: folder, env: environment(more) });
}

function run(...args: string[]) {
  return untilEnd(start(args));
}

describe('the program in an empty folder', () => {
  it('runs through npx, and needs no other package', async () => {
    const { stdout } = await promisify(execFile)('npx', ['bucketlens', 'classify', '--json', 'coffee.png'], {
      cwd: folder,
      env: environment(),
      shell: process.platform === 'win32',
    });

    expect(JSON.parse(stdout)).toMatchObject({
      model: 'efficientnet-lite0',
      predictions: [{ label: 'espresso' }, {}, {}, {}, {}],
    });
    const { packages } = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8'));
    expect(Object.keys(packages)).toEqual(['', 'node_modules/bucketlens']);
  });

  it.each([
    'start',
    'classify',
    'tensor',
    'statistics',
    'model',
    'deploy',
    'template',
    'tune',
    'watch',
    'verify',
    'labels',
    'backfill',
  ])('explains %s', async (command) => {
    expect(await run(command, '--help')).toMatchObject({
      stdout: expect.stringContaining(`Usage: bucketlens ${command} [options]`),
      stderr: '',
      exitCode: 0,
    });
  });

  it('labels alike in WebAssembly, where ONNX Runtime has no library', async () => {
    const args = ['classify', '--json', 'coffee.png'];
    const [native, wasm] = await Promise.all([
      untilEnd(start(args)),
      untilEnd(start(args, { BUCKETLENS_RUNTIME: 'wasm' })),
    ]);

    const top = ({ stdout }: typeof native) => JSON.parse(stdout).predictions[0];
    expect(wasm.stderr).toBe('');
    expect(top(wasm).label).toBe(top(native).label);
    expect(top(wasm).score).toBeCloseTo(top(native).score, 3);
  });

  it('writes tensors and measures pixels', async () => {
    expect(await run('tensor', '-o', 'coffee.npy', 'coffee.png')).toMatchObject({ exitCode: 0, stderr: '' });
    expect(existsSync(join(folder, 'coffee.npy'))).toBe(true);
    expect((await run('statistics', 'coffee.png')).stdout).toMatch(/--order RGB --scale 1\/255 --mean /);
  });

  it("builds a model in the user's data folder, and labels with it", async () => {
    const network = join(folder, 'node_modules/bucketlens/layers/model-efficientnet-lite0/model');
    const { file } = JSON.parse(readFileSync(join(network, 'model.json'), 'utf8'));
    const built = await run('model', 'mine', '--from', join(network, file), '--json');

    const data = { linux: join(parent, 'data/bucketlens/models/mine') }[process.platform as 'linux'];
    expect(withoutProgress(built.stderr)).toBe('');
    if (data) expect(JSON.parse(built.stdout).folder).toBe(data);
    expect(
      JSON.parse((await run('classify', '--json', '--model', 'mine', 'coffee.png')).stdout),
    ).toMatchObject({
      model: 'mine',
      predictions: [{ label: 'espresso' }, {}, {}, {}, {}],
    });
  });

  it('runs the playground with the function that is deployed', async () => {
    const playground = start(['start', '--port', '0', '--json']);
    const [welcome, events] = [createInterface(playground.stderr), createInterface(playground.stdout)];
    try {
      const event = once(events, 'line');
      for await (const line of welcome) {
        const page = /^ {2}Page +(\S+)/.exec(line)?.[1];
        if (!page) continue;
        const [script, shown] = await Promise.all([fetch(`${page}page.js`), fetch(page)]);
        expect([script.status, shown.status]).toEqual([200, 200]);
        await fetch(`${page}photos/coffee.png`, {
          method: 'PUT',
          body: readFileSync(join(folder, 'coffee.png')),
        });
        break;
      }
      const [line] = await event;

      expect(JSON.parse(line).detail).toMatchObject({
        key: 'coffee.png',
        predictions: [{ label: 'espresso' }, {}, {}, {}, {}],
      });
    } finally {
      playground.kill();
      await once(playground, 'exit');
    }
  });

  it('says how to install the CDK where `deploy` and the construct need it', async () => {
    const deployed = await run('deploy', '-c', 'model=efficientnet-lite0');
    const required = await untilEnd(
      spawn(process.execPath, ['-e', "require('bucketlens')"], { cwd: folder, env: environment() }),
    );

    expect(deployed).toMatchObject({ exitCode: 1, stdout: '' });
    expect(deployed.stderr).toMatch(
      /^error: this command needs the AWS CDK.*npm install aws-cdk aws-cdk-lib constructs\n/,
    );
    expect(required.stderr).toContain('needs aws-cdk-lib and constructs: npm install aws-cdk-lib constructs');
  });

  it('runs the app of `deploy` from the folder of the user once the CDK is installed', async () => {
    for (const name of ['aws-cdk', 'aws-cdk-lib', 'constructs']) {
      symlinkSync(join(repository, 'node_modules', name), join(folder, 'node_modules', name), 'junction');
    }
    const args = ['deploy', '-c', 'model=./no-such-model'];
    const deployed = await untilEnd(start(args, { CDK_VALIDATION: 'false', CDK_DISABLE_CLI_TELEMETRY: '1' }));

    for (const name of ['aws-cdk', 'aws-cdk-lib', 'constructs']) rmSync(join(folder, 'node_modules', name));
    expect(deployed.exitCode).toBe(1);
    expect(deployed.stderr).toContain(
      `InvalidModel: no model ./no-such-model: ${join(folder, 'no-such-model')} has no model.json`,
    );
  });
});

describe('bucketlens/pixels', () => {
  const names = ['card_rgb8.png', 'coffee_base_420.jpg', 'alpha.webp'];
  const expected = names.map(
    (name) =>
      goldens.find(({ file, preprocessed }) => file === name && preprocessed?.caffe)!.preprocessed!.caffe,
  );
  const program = `
    const { createHash } = require('node:crypto');
    const { readFileSync } = require('node:fs');
    const { defaultLimits, ImageRejection, readImage } = pixels;
    const input = { layout: 'NHWC', width: 224, height: 224 };
    const preprocess = { mode: 'caffe', interpolation: 'nearest', policy: 'stretch', orientation: 'ignore' };
    (async () => {
      for (const name of ${JSON.stringify(names)}) {
        const bytes = readFileSync(${JSON.stringify(join(repository, 'test/goldens/images'))} + '/' + name);
        const { data } = (await readImage(bytes, defaultLimits, { input, preprocess })).toTensor();
        console.log(createHash('sha256').update(new Uint8Array(data.buffer)).digest('hex'));
      }
      await readImage(Buffer.from('no image'), defaultLimits, { input, preprocess }).catch((error) => {
        console.log(error instanceof ImageRejection, error.name);
      });
    })();`;

  it.each([
    ['CommonJS', 'pixels.cjs', "const pixels = require('bucketlens/pixels');"],
    [
      'an ES module',
      'pixels.mjs',
      "import * as pixels from 'bucketlens/pixels'; import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    ],
  ])("makes Keras' tensors from %s", async (_, file, imports) => {
    writeFileSync(join(folder, file), `${imports}\n${program}`);

    const { stdout, stderr } = await untilEnd(
      spawn(process.execPath, [file], { cwd: folder, env: environment() }),
    );

    expect(stderr).toBe('');
    expect(stdout.trimEnd().split('\n')).toEqual([...expected, 'true UnsupportedFormat']);
  });
});

describe('bucketlens/jimp', () => {
  it("gives jimp Pillow's pixels", async () => {
    const file = 'grey16.png';
    const jimp = join(repository, 'node_modules/@jimp/core/dist/esm/index.js');
    const program = `
      import { createHash } from 'node:crypto';
      import { readFileSync } from 'node:fs';
      import { formats } from 'bucketlens/jimp';
      import { createJimp } from ${JSON.stringify(pathToFileURL(jimp).href)};
      const Jimp = createJimp({ formats });
      const bytes = readFileSync(${JSON.stringify(join(repository, 'test/goldens/images', file))});
      const { data } = (await Jimp.fromBuffer(bytes)).bitmap;
      console.log(createHash('sha256').update(data.filter((_, i) => i % 4 < 3)).digest('hex'));`;
    writeFileSync(join(folder, 'jimp.mjs'), program);

    const { stdout, stderr } = await untilEnd(
      spawn(process.execPath, ['jimp.mjs'], { cwd: folder, env: environment() }),
    );

    expect(stderr).toBe('');
    expect(stdout.trim()).toBe(decoded.find((image) => image.file === file)!.sha256);
  });
});
