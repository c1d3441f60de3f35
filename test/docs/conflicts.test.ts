import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from './pages.ts';

/** The lines that Git puts around the two sides of a conflict. */
const marker = /^(?:<{7} |>{7} |\|{7} |={7}$)/;

it('finds no conflict markers in the text files', () => {
  const paths = execFileSync('git', ['ls-files', '-z', '--eol'], { cwd: root, encoding: 'utf8' })
    .split('\0')
    // `i/-text` marks a binary file.
    .filter((entry) => entry !== '' && !entry.startsWith('i/-text'))
    .map((entry) => entry.split('\t')[1]!);

  const found = paths.flatMap((path) =>
    readFileSync(join(root, path), 'utf8')
      .split('\n')
      .flatMap((line, index) => (marker.test(line) ? [`${path}:${index + 1} ${line}`] : [])),
  );

  expect(paths).toContain('docs/contributing.md');
  expect(found).toEqual([]);
});
