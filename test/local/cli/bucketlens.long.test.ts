import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { repository, run } from '../../support/run.ts';

const commands = [
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
];

describe('bucketlens', () => {
  it('lists its commands', async () => {
    const { stdout, exitCode } = await run('--help', []);

    const listed = [...stdout.matchAll(/^ {2}([a-z]+) {2,}\S/gm)].map(([, name]) => name);
    expect(listed).toEqual([...commands, 'complete', 'help']);
    expect(exitCode).toBe(0);
  });

  it.each(commands)('explains %s with examples and exit codes', async (command) => {
    const { stdout, exitCode } = await run(command, ['--help']);

    expect(stdout).toContain(`Usage: bucketlens ${command} [options]`);
    expect(stdout).toMatch(new RegExp(`^  (.* \\| )?npx bucketlens ${command} `, 'm'));
    expect(stdout).toMatch(/^Exit code: /m);
    expect(exitCode).toBe(0);
  });

  it('prints the help of a command on `help COMMAND`', async () => {
    const { stdout, exitCode } = await run('help', ['labels']);

    expect(stdout).toContain('Usage: bucketlens labels [options]');
    expect(exitCode).toBe(0);
  });

  it('exits with 2 on an unknown command, and suggests the nearest', async () => {
    const { stdout, stderr, exitCode } = await run('clasify', ['cat.jpg']);

    expect(stderr).toMatch(/unknown command 'clasify'\n\(Did you mean classify\?\)/);
    expect(stdout).toBe('');
    expect(exitCode).toBe(2);
  });

  it('prints an error as a sentence, and its stack with --debug', async () => {
    const args = ['no-such-model', '--from', 'no-such-file.h5'];

    expect(await run('model', args)).toMatchObject({
      stderr: 'error: there is no file no-such-file.h5\n',
      exitCode: 1,
    });
    expect(await run('model', [...args, '--debug'])).toMatchObject({
      stderr: expect.stringMatching(/^error: there is no file no-such-file\.h5\n.*\n +at .*source\.ts/),
      exitCode: 1,
    });
  });

  it.each([
    ['the commands', ['cl'], /^classify\tlabel local image files\n/],
    ['options', ['classify', '--js'], /^--json\t/],
    ['the choices of an option', ['tensor', '--mode', ''], /^caffe\t\ntf\t\ntorch\t\n/],
  ])('completes %s', async (_, words, expected) => {
    const { stdout } = await run('complete', ['--', ...words]);

    expect(stdout).toMatch(expected);
  });

  it('prints a valid completion script, which can be sourced twice', async () => {
    const { stdout } = await run('complete', ['bash']);

    const { stderr } = await promisify(execFile)('bash', [
      '-c',
      `${stdout}\n${stdout}\ncomplete -p bucketlens`,
    ]);
    expect(stderr).toBe('');
  });

  it('runs through npx in a subfolder, with paths relative to it', async () => {
    const { stdout } = await promisify(execFile)(
      'npx',
      ['bucketlens', 'classify', '--json', '--model', 'efficientnet-lite0', 'chelsea.png'],
      { cwd: join(repository, 'test/support/photos') },
    );

    expect(JSON.parse(stdout)).toMatchObject({
      file: 'chelsea.png',
      predictions: [{ label: 'tiger_cat' }, {}, {}, {}, {}],
    });
  });

  it('runs from any folder by its path', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'bucketlens-test-'));
    const { INIT_CWD: _, ...env } = process.env;
    const { stdout } = await promisify(execFile)(
      join(repository, 'bin/bucketlens.js'),
      ['tensor', '-o', 'cat.npy', '--json', join(repository, 'test/support/photos/chelsea.png')],
      { cwd: folder, env },
    ).finally(() => rm(folder, { recursive: true }));

    expect(JSON.parse(stdout)).toEqual({ output: 'cat.npy', shape: [1, 224, 224, 3] });
  });
});
