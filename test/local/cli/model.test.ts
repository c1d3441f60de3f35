import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createClassifier } from '../../../functions/classify/network/classifier.ts';
import { modelCommand } from '../../../local/cli/model.ts';
import { temporaryFolder, unpackTo } from '../../layers/model/fixtures.ts';
import { repository, run, withoutProgress } from '../../support/run.ts';
import { sentenceOf } from '../../support/sentence.ts';

const folder = temporaryFolder();

describe('model', () => {
  const name = `test-${process.pid}`;
  const built = join(repository, 'build/models', name);
  afterAll(() => rmSync(built, { recursive: true, force: true }));

  it('builds the layer of a trained network and prints a summary with its size', async () => {
    const labels = join(folder, 'labels.txt');
    writeFileSync(labels, 'cat\n'.repeat(10));
    const keras = unpackTo(folder, 'thin10/resnet50_thin10.keras');

    const { stdout, stderr, exitCode } = await run('model', [
      name,
      '--from',
      keras,
      '--labels',
      labels,
      '--mean',
      '104,117,123',
      '--order',
      'BGR',
      '--scale',
      '1',
      '--std',
      '1,1,1',
    ]);

    expect({ stderr: withoutProgress(stderr), exitCode }).toEqual({ stderr: '', exitCode: 0 });
    expect(stdout).toMatch(/ResNet50, 10 classes, from resnet50_thin10.keras/);
    expect(stdout).toMatch(
      /224x224 NCHW, \(BGR x 1 - 104,117,123\) \/ 1,1,1, nearest, stretch, orientation exif/,
    );
    expect(stdout).toMatch(
      /the network stored as fp32 equals the converted one: scores within [\de.-]+ on two test pictures/,
    );
    expect(stdout).toMatch(/layer +0\.4 MB/);
    await expect(createClassifier(built)).resolves.toBeDefined();
  });

  it('exits with 1 and one sentence, without a stack, when a model cannot be built', async () => {
    const { stderr, exitCode } = await run('model', [name, '--from', 'no-such-file.h5']);

    expect({ stderr, exitCode }).toEqual({
      stderr: 'error: there is no file no-such-file.h5\n',
      exitCode: 1,
    });
  });

  it('describes an embedded network, which needs no build', async () => {
    const { stdout, stderr, exitCode } = await run('model', ['open-nsfw']);

    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
    expect(stdout).toMatch(
      /^open-nsfw is embedded: there is nothing to build\n {2}source {3}open_nsfw by Yahoo/,
    );
    expect(stdout).toMatch(/224x224 NHWC, \(BGR x 1 - 104,117,123\) \/ 1,1,1, bilinear, resize-crop 256x256/);
    expect(stdout).toMatch(/licence: BSD-2-Clause\n {2}layer {4}11\.8 MB\n$/);
  });

  it('prints the folder and manifest of an embedded network as JSON', async () => {
    const { stdout } = await run('model', ['efficientnet-lite0', '--json']);

    expect(JSON.parse(stdout)).toMatchObject({
      folder: join(repository, 'layers/model/efficientnet-lite0'),
      bytes: expect.any(Number),
      manifest: { name: 'efficientnet-lite0' },
    });
  });

  it.each([
    ['--from', 'mine.onnx'],
    ['--precision', 'fp32'],
  ])('refuses to build an embedded network with %s', async (...option) => {
    expect(await sentenceOf(modelCommand(), ['open-nsfw', ...option])).toMatch(
      /open-nsfw is the name of an embedded network; choose another$/,
    );
  });

  it.each([
    [['Résumé'], /Expected 1 to 64 characters of a-z 0-9/],
    [['x', '--mean', '1,2'], /Expected a number per channel/],
    [['x', '--scale', 'much'], /Expected a number/],
    [['x', '--precision', 'int4'], /Allowed choices are fp32, fp16, int8/],
    [['x', '--calibrate', 'photos'], /--calibrate quantises .* the precision is fp32: add --precision int8/],
    [['x', '--precision', 'int8', '--allow-loss'], /--allow-loss goes with --calibrate FOLDER/],
  ])('explains the wrong argument in %j', async (args, message) => {
    expect(await sentenceOf(modelCommand(), args)).toMatch(message);
  });

  it.each(['--labels', '--ancestors', '--label-rules'])('reads %s before the network', async (option) => {
    const args = ['x', '--from', 'no-such-file.h5', option, 'nope.json'];

    expect(await sentenceOf(modelCommand(), args)).toMatch(/nope.json cannot be read: ENOENT/);
  });

  it('exits with 2 on wrong usage', async () => {
    const { stderr, exitCode } = await run('model', ['x', '--size', '0']);

    expect(stderr).toContain('Expected WIDTHxHEIGHT in pixels');
    expect(exitCode).toBe(2);
  });
});
