import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { filesIn } from '../../../layers/folder.ts';
import { buildRuntimeLayer, UnsupportedPlatform } from '../../../layers/runtime/layer.ts';
import { assertFitsLambda } from '../../../layers/size.ts';

const model = join(
  import.meta.dirname,
  '../../../layers/model/efficientnet-lite0/efficientnet-lite0-fp16.onnx',
);

let parent: string;
let outDir: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'bucketlens-runtime-'));
  outDir = join(parent, 'layer');
});
afterEach(() => rmSync(parent, { recursive: true }));

describe('buildRuntimeLayer', () => {
  it.each([
    ['linux', 'x64', ['libonnxruntime.so.1', 'onnxruntime_binding.node']],
    ['linux', 'arm64', ['libonnxruntime.so.1', 'onnxruntime_binding.node']],
    ['darwin', 'arm64', ['libonnxruntime.1.dylib', 'onnxruntime_binding.node']],
    [
      'win32',
      'x64',
      ['DirectML.dll', 'dxcompiler.dll', 'dxil.dll', 'onnxruntime.dll', 'onnxruntime_binding.node'],
    ],
  ])('has the libraries of %s %s and of no other platform', (platform, arch, libraries) => {
    buildRuntimeLayer({ platform, arch, outDir });

    const native = filesIn(outDir).filter((path) => path.includes('/bin/'));
    const home = `nodejs/node_modules/onnxruntime-node/bin/napi-v6/${platform}/${arch}`;
    expect(native).toEqual(libraries.map((name) => `${home}/${name}`));
  });

  it('has no type declarations, source maps or install scripts', () => {
    buildRuntimeLayer({ platform: 'linux', arch: 'arm64', outDir });

    const rest = filesIn(outDir).filter((path) => !path.includes('/bin/'));
    expect(rest.filter((path) => !/\.(js|json)$/.test(path))).toEqual([]);
    expect(rest.filter((path) => path.includes('/script/'))).toEqual([]);
    expect(rest).toContain('nodejs/node_modules/onnxruntime-common/dist/cjs/index.js');
  });

  it.each(['x64', 'arm64'])("leaves four fifths of Lambda's limit to the model on linux %s", (arch) => {
    buildRuntimeLayer({ platform: 'linux', arch, outDir });

    expect(assertFitsLambda([outDir])[0]!.bytes).toBeLessThan(262_144_000 / 5);
  });

  it('runs a network with plain node, NODE_PATH and no other package', () => {
    buildRuntimeLayer({ platform: process.platform, arch: process.arch, outDir });
    const program = `
      const { InferenceSession, Tensor } = require('onnxruntime-node');
      InferenceSession.create(process.argv[1]).then(async (session) => {
        const input = new Tensor('float32', new Float32Array(3 * 224 * 224), [1, 3, 224, 224]);
        const { probabilities } = await session.run({ input });
        console.log(probabilities.dims.join());
      });`;

    const printed = execFileSync(process.execPath, ['-e', program, model], {
      cwd: parent,
      env: { ...process.env, NODE_OPTIONS: '', NODE_PATH: join(outDir, 'nodejs/node_modules') },
      encoding: 'utf8',
    });

    expect(printed).toBe('1,1000\n');
  });

  it('repairs a damaged layer', () => {
    buildRuntimeLayer({ platform: 'linux', arch: 'arm64', outDir });
    const whole = assertFitsLambda([outDir]);
    const binding = join(outDir, 'nodejs/node_modules/onnxruntime-node/dist/binding.js');
    writeFileSync(binding, 'broken');
    writeFileSync(join(outDir, 'left-over.so'), '');

    buildRuntimeLayer({ platform: 'linux', arch: 'arm64', outDir });

    expect(assertFitsLambda([outDir])).toEqual(whole);
    expect(readFileSync(binding, 'utf8')).toContain('onnxruntime_binding.node');
    expect(filesIn(outDir)).not.toContain('left-over.so');
  });

  it('lists the supported platforms for an unsupported one', () => {
    const refused = () => buildRuntimeLayer({ platform: 'darwin', arch: 'x64', outDir });

    expect(refused).toThrow(UnsupportedPlatform);
    expect(refused).toThrow(/no library for darwin x64; it has .*linux arm64, linux x64/);
    expect(filesIn(outDir)).toEqual([]);
  });
});
