import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readPage, root } from './pages.ts';

it('names only files and folders that exist in NOTICE', () => {
  const [, ...entries] = readPage('NOTICE').split('\n\n').slice(1);
  const paths = entries.flatMap((entry) => entry.split('\n')[0]!.split(', '));

  expect(paths).toContain('layers/model/efficientnet-lite0/labels.json');
  expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});
