import { once } from 'node:events';
import { copyFile, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repository, run, start, withoutProgress } from '../../support/run.ts';

const images = join(repository, 'test/goldens/images');
const coffee = join(images, 'coffee_base_420.jpg');
// Independent of the models built on this machine.
const embedded = ['--model', 'efficientnet-lite0'];

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bucketlens-test-'));
  await mkdir(join(folder, 'more', '.hidden'), { recursive: true });
  await copyFile(coffee, join(folder, 'a coffee.jpg'));
  await copyFile(join(images, 'bad_truncated.png'), join(folder, 'b.png'));
  await writeFile(join(folder, 'c.jpg'), '');
  await copyFile(coffee, join(folder, 'more', 'd[1].png'));
  await copyFile(coffee, join(folder, 'more', '.hidden', 'e.jpg'));
  await copyFile(coffee, join(folder, '.f.jpg'));
});

afterAll(() => rm(folder, { recursive: true }));

async function classifyAsJson(args: readonly string[], input?: Uint8Array) {
  const { stdout, stderr, exitCode } = await run('classify', ['--json', ...embedded, ...args], input);
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  return { lines, stderr, exitCode };
}

describe('classify', () => {
  it('prints a line for each file of a folder, good, broken or empty, and exits with 1', async () => {
    const { lines, stderr, exitCode } = await classifyAsJson([folder]);

    expect(lines).toMatchObject([
      {
        file: join(folder, 'a coffee.jpg'),
        format: 'jpeg',
        predictions: [{ label: 'espresso' }, {}, {}, {}, {}],
      },
      { file: join(folder, 'b.png'), error: { name: 'CorruptImage' } },
      { file: join(folder, 'c.jpg'), error: { name: 'EmptyObject' } },
      { file: join(folder, 'more', 'd[1].png'), format: 'jpeg', model: 'efficientnet-lite0' },
    ]);
    expect(withoutProgress(stderr)).toBe('');
    expect(exitCode).toBe(1);
  });

  it('applies other preprocessing than the model was trained with, where the user asks for it', async () => {
    const [wrong, grey] = await Promise.all([
      classifyAsJson(['--mode', 'caffe', coffee]),
      run('classify', [...embedded, '--order', 'L', '--mean', '0', '--std', '1', coffee]),
    ]);

    expect(wrong.lines[0].predictions[0].label).toBe('loudspeaker');
    expect(grey).toMatchObject({
      stderr: expect.stringContaining('the network takes three channels, and --order L gives one'),
      exitCode: 1,
    });
  });

  it('prints the documented JSON of a photo, and exits with 0', async () => {
    const { lines, exitCode } = await classifyAsJson([coffee]);

    expect(Object.keys(lines[0])).toEqual(['file', 'format', 'width', 'height', 'model', 'predictions']);
    expect(lines[0].predictions[0]).toEqual({
      index: 967,
      id: 'n07920052',
      label: 'espresso',
      score: expect.closeTo(0.86, 1),
    });
    expect(exitCode).toBe(0);
  });

  it('accepts patterns, names that look like patterns, and standard input', async () => {
    const { lines, exitCode } = await classifyAsJson(
      [join(folder, '**/*.png'), join(folder, 'more', 'd[1].png'), '-'],
      await readFile(coffee),
    );

    expect(
      lines.map(({ file, error }) => [file.replace(folder, '').replaceAll('\\', '/'), error?.name]),
    ).toEqual([
      ['/b.png', 'CorruptImage'],
      ['/more/d[1].png', undefined],
      ['/more/d[1].png', undefined],
      ['-', undefined],
    ]);
    expect(exitCode).toBe(1);
  });

  it.each([
    ['a file that is not there', 'nothing.jpg', 'there is no file nothing.jpg'],
    ['a pattern that matches nothing', 'nothing-*.jpg', 'no file matches nothing-*.jpg'],
  ])('continues after %s', async (_, missing, message) => {
    const { lines, exitCode } = await classifyAsJson([missing, coffee]);

    expect(lines).toMatchObject([
      { file: missing, error: { name: 'FileNotFound', message } },
      { predictions: [{ label: 'espresso' }, {}, {}, {}, {}] },
    ]);
    expect(exitCode).toBe(1);
  });

  it('prints the general label of an image whose class is uncertain', async () => {
    const { lines } = await classifyAsJson([join(repository, 'test/support/photos/chelsea.png')]);

    expect(lines[0].predictions[0]).toMatchObject({ label: 'tiger_cat' });
    expect(lines[0].general).toEqual({ id: 'n02121620', label: 'cat', score: expect.closeTo(0.93, 2) });
  });

  it('prints the labels that label rules make, next to the classes', async () => {
    const rules = join(folder, 'rules.txt');
    await writeFile(rules, '{ "merge": { "Katze": ["cat"] } }');
    const cat = join(repository, 'test/support/photos/chelsea.png');

    const { lines, exitCode } = await classifyAsJson(['--label-rules', rules, cat]);

    expect(lines[0].predictions[0]).toMatchObject({ label: 'Katze', score: expect.closeTo(0.93, 2) });
    expect(lines[0].classes[0]).toMatchObject({ label: 'tiger_cat' });
    expect(exitCode).toBe(0);
  });

  it.each([
    ['{ "drop": ["tabbi"] }', "drop: 'tabbi' is not a label; did you mean tabby"],
    ['{ "drop": ', 'is not JSON'],
  ])('refuses the label rules %s with exit code 2', async (text, message) => {
    const rules = join(folder, 'wrong.txt');
    await writeFile(rules, text);

    const { stderr, exitCode } = await run('classify', [...embedded, '--label-rules', rules, coffee]);

    expect(stderr).toContain(message);
    expect(exitCode).toBe(2);
  });

  it('prints a table without --json', async () => {
    const { stdout } = await run('classify', [...embedded, coffee, join(folder, 'c.jpg')]);

    const lines = stdout.split('\n');
    expect(lines[0]).toMatch(/^FILE {2,}SCORE {2}LABEL$/);
    expect(lines[1]).toMatch(/coffee_base_420\.jpg {2,}8\d\.\d % {2}espresso$/);
    expect(lines[2]).toMatch(/^ +\d\.\d % {2}\w+$/);
    expect(lines[6]).toMatch(/c\.jpg +- {2}EmptyObject: /);
  });

  it('escapes the labels of a model', async () => {
    const model = join(folder, '.steering');
    await cp(join(repository, 'layers/model/efficientnet-lite0'), model, { recursive: true });
    const labels = join(model, JSON.parse(await readFile(join(model, 'model.json'), 'utf8')).labels);
    const text = await readFile(labels, 'utf8');
    await writeFile(labels, text.replace('"espresso"', '"a\\u001b[31m\\nb"'));

    const { stdout } = await run('classify', ['--model', model, coffee]);

    expect(stdout.split('\n')[1]).toMatch(/ % {2}a\\u001b\[31m\\u000ab$/);
  });

  it.each([
    ['no file', [], "missing required argument 'FILE'"],
    ['an option it does not know', ['--jsn', 'x'], "unknown option '--jsn'"],
    ['a model that is not there', ['--model', 'nothing', 'x'], 'efficientnet-lite0'],
  ])('exits with 2 on %s', async (_, args, message) => {
    const { stdout, stderr, exitCode } = await run('classify', args);

    expect(stderr).toContain(message);
    expect(stdout).toBe('');
    expect(exitCode).toBe(2);
  });

  it('exits with 1 on a damaged model', async () => {
    await mkdir(join(folder, '.model'));
    await writeFile(join(folder, '.model', 'model.json'), '{}');
    const { stderr, exitCode } = await run('classify', ['--model', join(folder, '.model'), coffee]);

    expect(stderr).toMatch(/^error: .*model\.json: .*\n$/);
    expect(exitCode).toBe(1);
  });

  it('stops reading standard input at the size limit', async () => {
    const child = start('classify', ['--json', ...embedded, '-']);
    const refused = once(child.stdin, 'error');
    child.stdin.write(new Uint8Array(60_000_000));

    expect(JSON.parse(await text(child.stdout))).toMatchObject({ error: { name: 'ImageTooLarge' } });
    expect(await refused).toMatchObject([{ code: expect.stringMatching(/EPIPE|ECONNRESET|EOF/) }]);
  });

  it('ends silently when the reader of its output ends', async () => {
    const child = start('classify', ['--json', ...embedded, coffee, coffee, coffee]);
    const stderr: Buffer[] = [];
    child.stderr.on('data', (chunk) => stderr.push(chunk));
    child.stdout.once('data', () => child.stdout.destroy());
    const exitCode = await new Promise((resolve) => child.on('close', resolve));

    expect(withoutProgress(Buffer.concat(stderr).toString())).toBe('');
    expect(exitCode).toBe(0);
  });
});
