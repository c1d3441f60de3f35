import { createHash } from 'node:crypto';
import { copyFile, link, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultLimits } from '../../../functions/classify/image/limits.ts';
import { readManifest } from '../../../functions/classify/network/manifest.ts';
import { readImage } from '../../../functions/classify/tensor/read-image.ts';
import { tensorCommand } from '../../../local/cli/tensor.ts';
import { goldens } from '../../goldens/goldens.ts';
import { repository, run, withoutProgress } from '../../support/run.ts';
import { sentenceOf } from '../../support/sentence.ts';

function image(name: string) {
  return join(repository, 'test/goldens/images', name);
}

let folder: string;
let output: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bucketlens-test-'));
  output = join(folder, 'out.npy');
});

afterEach(() => rm(folder, { recursive: true }));

async function readNpy(path: string) {
  const file = await readFile(path);
  const dataStart = 10 + file.readUInt16LE(8);
  const header = file.toString('latin1', 10, dataStart);
  const shape = /'shape': \(([\d, ]+),\)/.exec(header)![1]!.split(',').map(Number);
  return { shape, data: new Float32Array(Uint8Array.from(file.subarray(dataStart)).buffer) };
}

function sha256(data: Float32Array) {
  return createHash('sha256').update(new Uint8Array(data.buffer)).digest('hex');
}

describe('tensor', () => {
  it("writes Keras' ResNet50 input bit for bit from lossless images", async () => {
    const lossless = goldens.filter(
      ({ format, interpolation, keepAspectRatio, target: { width, height }, preprocessed }) =>
        ['png', 'bmp', 'gif'].includes(format) &&
        interpolation === 'nearest' &&
        !keepAspectRatio &&
        width === 224 &&
        height === 224 &&
        preprocessed?.caffe,
    );
    const files = lossless.map(({ file }) => image(file));
    const { stderr, exitCode } = await run('tensor', ['--orientation', 'ignore', '-o', output, ...files]);

    expect({ stderr: withoutProgress(stderr), exitCode }).toEqual({ stderr: '', exitCode: 0 });
    const { shape, data } = await readNpy(output);
    expect(lossless.length).toBeGreaterThan(10);
    expect(shape).toEqual([lossless.length, 224, 224, 3]);
    const values = 224 * 224 * 3;
    expect(lossless.map((_, n) => sha256(data.slice(n * values, (n + 1) * values)))).toEqual(
      lossless.map(({ preprocessed }) => preprocessed?.caffe),
    );
  });

  it('applies the order of files, --layout, --size and --mode', async () => {
    const files = [image('acc_64x64.png'), image('one_1x1.png')];
    const { exitCode } = await run('tensor', [
      ...['--mode', 'tf', '--layout', 'nchw', '--size', '20x10', '-o', output],
      ...files,
    ]);
    await run('tensor', ['--mode', 'tf', '--size', '20x10', '-o', join(folder, 'one.npy'), files[1]!]);

    const { shape, data } = await readNpy(output);
    const one = await readNpy(join(folder, 'one.npy'));
    expect(exitCode).toBe(0);
    expect(shape).toEqual([2, 3, 10, 20]);
    expect(data.length).toBe(2 * 3 * 10 * 20);
    expect(data.every((value) => value >= -1 && value <= 1)).toBe(true);
    expect(one.shape).toEqual([1, 10, 20, 3]);
    // The second image has a single colour: one value per channel.
    expect([600, 800, 1000].map((start) => data[start])).toEqual([...one.data.subarray(0, 3)]);
  });

  it("writes what a model's network gets, and overrides parts of it", async () => {
    const model = ['--model', 'efficientnet-lite0'];
    const { exitCode } = await run('tensor', [...model, '-o', output, image('acc_64x64.png')]);
    await run('tensor', [
      ...[...model, '--orientation', 'ignore', '--layout', 'nhwc', '--size', '32'],
      ...['-o', join(folder, 'other.npy'), image('acc_64x64.png')],
    ]);

    const { preprocess, input } = readManifest('layers/model/efficientnet-lite0');
    const bytes = await readFile(image('acc_64x64.png'));
    const expected = (await readImage(bytes, defaultLimits, { preprocess, input })).toTensor();
    const { shape, data } = await readNpy(output);
    expect(exitCode).toBe(0);
    expect(shape).toEqual([1, 3, 224, 224]);
    expect(sha256(data)).toBe(sha256(expected.data));
    expect((await readNpy(join(folder, 'other.npy'))).shape).toEqual([1, 32, 32, 3]);
  });

  it('lists the existing models if there is none of that name', async () => {
    const { stderr, exitCode } = await run('tensor', [
      '--model',
      'nobody',
      '-o',
      output,
      image('acc_64x64.png'),
    ]);

    expect(stderr).toMatch(/error: no model nobody: .*Take one of .*efficientnet-lite0/);
    expect(exitCode).toBe(1);
  });

  it('takes a recipe by name, and grey', async () => {
    const png = image('acc_64x64.png');
    const torchvision = ['--preprocess', 'torchvision', '--resize-to', '64', '--size', '32'];
    const { exitCode } = await run('tensor', [...torchvision, '-o', output, png]);
    await run('tensor', ['--preprocess', 'keras-dataset', '--order', 'L', '-o', join(folder, 'l.npy'), png]);

    const { shape, data } = await readNpy(output);
    expect(exitCode).toBe(0);
    expect(shape).toEqual([1, 32, 32, 3]);
    expect(Math.min(...data)).toBeGreaterThanOrEqual(Math.fround(-0.485 / 0.229) - 1);
    expect((await readNpy(join(folder, 'l.npy'))).shape).toEqual([1, 224, 224, 1]);
  });

  it('refuses parts of a recipe that contradict each other', async () => {
    const png = image('acc_64x64.png');

    const { stderr, exitCode } = await run('tensor', ['--policy', 'resize-crop', '-o', output, png]);

    expect(stderr).toContain('--policy resize-crop needs --resize-to');
    expect(exitCode).toBe(1);
  });

  it.each([
    ['caffe', []],
    ['torch, mirrored by its EXIF orientation', ['--mode', 'torch', '--orientation', 'exif']],
    ['float32 pixels', ['--preprocess', 'keras-dataset']],
    ['grey', ['--order', 'L', '--scale', '1/255', '--mean', '0.5', '--std', '0.25']],
  ])('prints with --pixel what stands in the array: %s', async (_, options) => {
    const [file, size] = [image('exif_o6.jpg'), ['--size', '40x30', '--json']];
    await run('tensor', [...options, ...size, '-o', output, file]);
    const { stdout, exitCode } = await run('tensor', [...options, ...size, '--pixel', '31,7', file]);

    const { shape, data } = await readNpy(output);
    const start = (7 * 40 + 31) * shape[3]!;
    const { steps, order } = JSON.parse(stdout);
    expect(exitCode).toBe(0);
    expect(order).toHaveLength(shape[3]!);
    expect(steps.at(-1).values).toEqual([...data.subarray(start, start + shape[3]!)]);
  });

  it('finds with --pixel the pixel of the file that nearest scaling takes', async () => {
    const turned = await run('tensor', ['--pixel', '0,0', '--json', image('exif_o6.jpg')]);
    const stored = await run('tensor', [
      ...['--pixel', '0,0', '--orientation', 'ignore', '--json'],
      image('exif_o6.jpg'),
    ]);
    const padded = await run('tensor', [
      ...['--policy', 'resize-crop', '--resize-to', '10', '--pixel', '112,112', '--json'],
      image('acc_64x64.png'),
    ]);

    // Orientation 6: the upright picture's top left corner is the stored one's bottom left corner.
    const { height, ...upright } = JSON.parse(turned.stdout);
    expect(upright.stored.x).toBe(JSON.parse(stored.stdout).stored.x);
    expect(upright.stored.y).toBe(height - 1 - JSON.parse(stored.stdout).stored.y);
    expect(JSON.parse(padded.stdout)).not.toHaveProperty('stored');
  });

  it('names each file that --pixel cannot read, prints the others and exits with 1', async () => {
    const files = [image('bad_empty.jpg'), image('acc_64x64.png')];
    const { stdout, stderr, exitCode } = await run('tensor', ['--pixel', '3,4', ...files]);
    const inJson = await run('tensor', ['--pixel', '3,4', '--json', files[0]!]);

    expect(stderr).toMatch(/bad_empty\.jpg: EmptyObject: /);
    expect(stdout).toMatch(
      /^pixel 3,4 of 224x224, from pixel 0,1 of .*acc_64x64\.png \(64x64\)\n +B +G +R\n/,
    );
    expect(exitCode).toBe(1);
    expect(JSON.parse(inJson.stdout)).toMatchObject({ error: { name: 'EmptyObject' } });
  });

  it('names every file that fails, exits with 1 and keeps the existing array', async () => {
    await writeFile(output, 'before');
    const { stderr, exitCode } = await run('tensor', [
      ...['-o', output],
      ...[image('bad_empty.jpg'), image('acc_64x64.png'), 'nothing.png'],
    ]);

    expect(stderr.trimEnd().split('\n')).toEqual([
      expect.stringMatching(/bad_empty\.jpg: EmptyObject: /),
      expect.stringMatching(/^nothing\.png: FileNotFound: /),
    ]);
    expect(exitCode).toBe(1);
    expect(await readFile(output, 'utf8')).toBe('before');
    expect(await readdir(folder)).toEqual(['out.npy']);
  });

  it.each([
    ['a missing folder', 'nothing/x.npy', /cannot write .*x\.npy: the folder .*nothing does not exist/],
    [
      'a file in place of a folder',
      'file/x.npy',
      /cannot write .*x\.npy: the folder .*file is not writable \(ENOTDIR\)/,
    ],
    ['a folder in place of a file', '', / is a folder; give a file in it with --output/],
  ])('explains what is wrong with %s', async (_, name, message) => {
    await writeFile(join(folder, 'file'), '');
    const { stderr, exitCode } = await run('tensor', ['-o', join(folder, name), image('acc_64x64.png')]);

    expect(stderr).toMatch(message);
    expect(exitCode).toBe(1);
    expect(await readdir(folder)).toEqual(['file']);
  });

  it.each([
    ['an unknown mode', ['-o', 'x.npy', '--mode', 'keras', 'x.png'], 'caffe, tf, torch'],
    ['a position that is none', ['--pixel', '3', 'x.png'], 'Expected X,Y'],
    ['an array and a pixel', ['-o', 'x.npy', '--pixel', '3,4', 'x.png'], 'cannot be used with option'],
    ['an empty size', ['-o', 'x.npy', '--size', '0x224', 'x.png'], 'WIDTHxHEIGHT'],
  ])('explains what is wrong with %s', async (_, args, message) => {
    expect(await sentenceOf(tensorCommand(), args)).toContain(message);
  });

  it.each([
    ['a photo', ['cat.png'], 'cat.png', 'would replace a photo; name a .npy file'],
    ['the first of photos that a shell lists', [], 'cat.png', 'would replace a file that is not an array'],
    ['a photo by another path', ['../{}/cat.png'], 'cat.png', 'would replace a photo'],
    ['a hard link to a photo', ['cat.png'], 'link.npy', 'would replace a photo'],
    ['a symbolic link to a photo', ['symbolic.npy'], 'cat.png', 'would replace a photo'],
  ])('writes no array over %s', async (_, files, name, message) => {
    const photo = image('acc_64x64.png');
    const at = (path: string) => join(folder, path.replace('{}', basename(folder)));
    await copyFile(photo, at('cat.png'));
    await link(at('cat.png'), at('link.npy'));
    await symlink(at('cat.png'), at('symbolic.npy'));

    const { stderr, exitCode } = await run('tensor', ['-o', at(name), photo, ...files.map(at)]);

    expect(stderr).toContain(`error: -o ${at(name)} ${message}`);
    expect(exitCode).toBe(2);
    expect(await readFile(at('cat.png'))).toEqual(await readFile(photo));
    expect(await readdir(folder)).toHaveLength(3);
  });

  it.each([
    ['neither array nor pixel', ['x.png'], 'give --output <OUT.npy>, or --pixel <X,Y>'],
    ['a column outside of the input', ['--pixel', '224,0', 'x.png'], '224,0 is outside of the input'],
    ['a row outside of the input', ['--pixel', '0,10', '--size', '20x10', 'x.png'], 'which is 20x10'],
  ])('exits with 2 on %s', async (_, args, message) => {
    const { stderr, exitCode } = await run('tensor', args);

    expect(stderr).toContain(message);
    expect(exitCode).toBe(2);
  });
});
