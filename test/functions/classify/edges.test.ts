import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, it } from 'vitest';

const root = 'functions/classify';

function importsOf(file: string): string[] {
  return [...readFileSync(file, 'utf8').matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+\.ts)'/g)].map(
    ([, path]) => join(dirname(file), path!),
  );
}

/** Modules that a folder's files import, directly or through others, types included. */
function reachableFrom(folder: string): Set<string> {
  const reached = new Set<string>();
  const waiting = readdirSync(join(root, folder)).flatMap((name) =>
    name.endsWith('.ts') ? [join(root, folder, name)] : [],
  );
  for (const file of waiting) {
    if (reached.has(file)) continue;
    reached.add(file);
    waiting.push(...importsOf(file));
  }
  return reached;
}

it.each(['event', 'object', 'write-back', 'publish'])('%s knows nothing of pixels', (folder) => {
  const rooms = [...reachableFrom(folder)].map((file) => relative(root, file).split('/')[0]);

  expect(rooms).toContain(folder);
  expect(rooms.filter((room) => room === 'decode' || room === 'tensor')).toEqual([]);
});

it('the walk finds what label-image imports of pixels', () => {
  expect(importsOf(`${root}/label-image.ts`)).toContain(`${root}/tensor/read-image.ts`);
});
