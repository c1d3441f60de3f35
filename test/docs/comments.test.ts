import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from './pages.ts';

/** The beginning of a comment, in the languages of the project. */
const opening = /^\s*(?:\/\*\*?|\*|\/\/|#)\s+|\s\/\/\s+|"""/;
const hidesItsSubject = new RegExp(`(?:${opening.source})(?:What|Of|Where|Whether|Who)\\b`);

it('finds no comment that begins with What, Of, Where, Whether or Who', () => {
  const paths = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' }).split('\0');
  const sources = paths.filter((path) => /\.(ts|js|cjs|mjs|py|sh|css)$/.test(path));

  const found = sources.flatMap((path) =>
    readFileSync(join(root, path), 'utf8')
      .split('\n')
      .flatMap((line, index) => (hidesItsSubject.test(line) ? [`${path}:${index + 1} ${line.trim()}`] : [])),
  );

  expect(sources.length).toBeGreaterThan(300);
  expect(found).toEqual([]);
});
