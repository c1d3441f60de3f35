/** The name `bucketlens` belongs to nobody on npm yet, so pages must not send people there. */
import { expect, it } from 'vitest';
import { pages, readPage } from './pages.ts';

const commands = pages.filter((page) => readPage(page).includes('npx bucketlens'));

it.each(commands.filter((page) => !page.startsWith('docs/decisions/')))(
  'says on %s that npx bucketlens needs a clone or the package until the package is published',
  (page) => {
    expect(readPage(page).replaceAll('\n', ' ')).toMatch(/[Uu]ntil (it|the package) is published/);
  },
);
