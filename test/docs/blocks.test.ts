/** Checks the docs' Python and SQL; commands, TypeScript, JSON and diagrams have tests of their own. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { blocksIn, blocksOf, eventShown, everyPage, root } from './pages.ts';
import { commandsOf } from './shell.ts';

describe('the blocks of the docs', () => {
  it('are in languages that a test checks', () => {
    const languages = new Set(everyPage.flatMap(blocksOf).map(({ language }) => language));

    const known = ['sh', 'indented', 'text', 'python', 'sql', 'ts', 'json', 'mermaid'];
    expect([...languages].filter((language) => !known.includes(language))).toEqual([]);
  });
});

describe('the Python of the docs', () => {
  const python = (program: string, input = '', cwd = root) =>
    spawnSync('python3', ['-c', program], { input, cwd, encoding: 'utf8' });

  it.for(blocksIn('python'))('has valid syntax ($page)', ({ code }, { skip }) => {
    const { error, stderr } = python('import ast, sys; ast.parse(sys.stdin.read())', code);
    if (error) skip('there is no python3 on PATH');

    expect(stderr).toBe('');
  });

  it('finds the tensor equal to that of Keras, if Keras is installed', ({ skip }) => {
    if (python('import keras, PIL').status !== 0) skip('python3 has no Keras, or no Pillow');
    const page = 'docs/exactness.md';
    mkdirSync(join(root, 'build'), { recursive: true });
    const folder = mkdtempSync(join(root, 'build/docs-'));
    copyFileSync(join(root, 'test/support/photos/chelsea.png'), join(folder, 'cat.png'));
    spawnSync('bash', ['-c', commandsOf(page)[0]!], { cwd: folder });

    const { stderr, status } = python(
      blocksOf(page).find(({ language }) => language === 'python')!.code,
      '',
      folder,
    );

    rmSync(folder, { recursive: true });
    expect(status, stderr).toBe(0);
  });
});

describe('the SQL of the docs', () => {
  // Only the JSON paths are checked: there is no parser of Athena's SQL here.
  it('selects only fields that an annotation has', () => {
    const { detail } = JSON.parse(eventShown());
    const paths = blocksIn('sql').flatMap(({ code }) =>
      [...code.matchAll(/'\$\.([\w.[\]]+)'/g)].map(([, path]) => path!),
    );

    expect(paths.length).toBeGreaterThan(4);
    // The second query selects from a single prediction.
    const start = { ...detail, ...detail.predictions[0] };
    const values = paths.map((path) => path.split(/[.[\]]+/).reduce((value, name) => value?.[name], start));
    expect(values).not.toContain(undefined);
  });
});
