import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { statisticsCommand } from '../../../local/cli/statistics.ts';
import { repository, run, withoutProgress } from '../../support/run.ts';
import { sentenceOf } from '../../support/sentence.ts';

function image(name: string) {
  return join(repository, 'test/goldens/images', name);
}

interface Golden {
  readonly files: readonly string[];
  readonly cases: readonly {
    readonly arguments: readonly string[];
    readonly mean: readonly number[];
    readonly std: readonly number[];
  }[];
}
const { files, cases }: Golden = JSON.parse(
  readFileSync(join(repository, 'test/goldens/statistics.json'), 'utf8'),
);

describe('statistics', () => {
  it.each(cases)("equals NumPy's mean and std with $arguments", async (golden) => {
    const { stdout, exitCode } = await run('statistics', [
      ...golden.arguments,
      '--json',
      ...files.map((name) => image(name)),
    ]);

    const { mean, std, ...about } = JSON.parse(stdout);
    expect(exitCode).toBe(0);
    expect(about).toEqual({
      files: files.length,
      order: golden.mean.length === 1 ? 'L' : 'RGB',
      scale: golden.mean.length === 1 ? 1 : 1 / 255,
    });
    const difference = [...golden.mean, ...golden.std].map((value, at) =>
      Math.abs([...mean, ...std][at] / value - 1),
    );
    expect(Math.max(...difference)).toBeLessThan(1e-12);
  });

  it('prints a table, and the options that `model` and `tensor` take', async () => {
    const { stdout } = await run('statistics', files.map(image));

    const [{ mean, std }] = cases as [Golden['cases'][number]];
    const rounded = (values: readonly number[]) => values.map((value) => Number(value.toPrecision(5)));
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toBe('5 photos, 224x224, pixels x 1/255');
    expect(lines[1]).toMatch(/^ +R +G +B$/);
    expect(lines[2]!.split(/ +/)).toEqual(['mean', ...rounded(mean).map(String)]);
    expect(lines[3]!.split(/ +/)).toEqual(['std', ...rounded(std).map(String)]);
    expect(lines.at(-1)).toBe(
      `--order RGB --scale 1/255 --mean ${rounded(mean).join()} --std ${rounded(std).join()}`,
    );
  });

  it('reads HEIC with --heic, and says how to without', async () => {
    const photo = join(repository, 'test/functions/classify/decode/heic/fixtures/420.heic');
    const [read, refused] = await Promise.all([
      run('statistics', ['--heic', '--json', photo]),
      run('statistics', [photo]),
    ]);

    expect(JSON.parse(read.stdout)).toMatchObject({ files: 1, order: 'RGB' });
    expect(refused.stderr).toContain('npm install libheif-js@1.23');
    expect(refused.exitCode).toBe(1);
  });

  it('reverses the channels with --order BGR', async () => {
    const measure = async (order: string) => {
      const { stdout } = await run('statistics', ['--order', order, '--json', image('card_rgb8.png')]);
      return JSON.parse(stdout);
    };

    const [rgb, bgr] = await Promise.all([measure('RGB'), measure('BGR')]);
    expect(bgr).toMatchObject({ mean: rgb.mean.toReversed(), std: rgb.std.toReversed() });
  });

  it('names the files that fail, counts the others and exits with 1', async () => {
    const photos = [image('bad_empty.jpg'), image('card_rgb8.png'), 'nothing.png'];
    const { stdout, stderr, exitCode } = await run('statistics', photos);
    const inJson = await run('statistics', ['--json', ...photos]);

    expect(withoutProgress(stderr).trimEnd().split('\n')).toEqual([
      expect.stringMatching(/bad_empty\.jpg: EmptyObject: /),
      expect.stringMatching(/^nothing\.png: FileNotFound: /),
    ]);
    expect(stdout).toMatch(/^1 photo, 224x224/);
    expect(exitCode).toBe(1);
    const [empty, missing, measured] = inJson.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect([empty.error.name, missing.error.name]).toEqual(['EmptyObject', 'FileNotFound']);
    expect(measured.files).toBe(1);
  });

  it.each([
    ['no photo that can be read', [image('bad_empty.jpg')], /no photo could be read/],
    ['pixels without deviation', [image('one_1x1.png')], /the photo has the same value in channel R/],
    [
      'parts of a recipe that contradict each other',
      ['--policy', 'resize-crop', image('card_rgb8.png')],
      /--policy resize-crop needs --resize-to/,
    ],
  ])('fails for %s', async (_, args, message) => {
    const { stderr, stdout, exitCode } = await run('statistics', args);

    expect(stderr).toMatch(message);
    expect(stdout).toBe('');
    expect(exitCode).toBe(1);
  });

  it.each([
    ['a factor of zero', ['--scale', '0', 'x.png'], 'Expected a factor above 0'],
    ['a text instead of a factor', ['--scale', 'half', 'x.png'], 'Expected a number'],
    ['an unknown order', ['--order', 'GBR', 'x.png'], 'RGB, BGR, L'],
  ])('explains what is wrong with %s', async (_, args, message) => {
    expect(await sentenceOf(statisticsCommand(), args)).toContain(message);
  });
});
