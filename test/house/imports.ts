/** The imports between the files of the repository, type-only ones included, as they are written. */
import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { globSync } from 'tinyglobby';

/** Paths from the repository's root: each file and the files that it imports. */
export type Imports = ReadonlyMap<string, readonly string[]>;

const sourceFiles = [
  '{bench,cdk,docs,functions,layers,local,package,supply-chain,test}/**/*.ts',
  '!**/*.d.ts',
];
const importFrom = /^(?:import|export)\s(?:[^'";]*?\sfrom\s)?'(\.[^']+)'/gm;
const dynamicImport = /\bimport\('(\.[^']+)'\)/g;

export function readImports(): Imports {
  const files = globSync(sourceFiles, { ignore: ['test/package/app'] }).sort();
  return new Map(files.map((file) => [file, importsOf(file)]));
}

/** The strongly connected groups of two or more files (Tarjan, 1972), largest first. */
export function circlesIn(imports: Imports): readonly (readonly string[])[] {
  const order = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const circles: string[][] = [];
  for (const file of imports.keys()) if (!order.has(file)) visit(file);
  return circles.sort((a, b) => b.length - a.length);

  function visit(file: string): void {
    order.set(file, order.size);
    low.set(file, order.get(file)!);
    stack.push(file);
    for (const other of imports.get(file) ?? []) {
      if (!order.has(other)) visit(other);
      if (stack.includes(other)) low.set(file, Math.min(low.get(file)!, low.get(other)!));
    }
    if (low.get(file) !== order.get(file)) return;
    const group = stack.splice(stack.indexOf(file));
    if (group.length > 1) circles.push(group.sort());
  }
}

/** Every file that the given ones reach through imports, themselves included. */
export function reachableFrom(starts: readonly string[], imports: Imports): ReadonlySet<string> {
  const reached = new Set<string>();
  const waiting = [...starts];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (reached.has(file)) continue;
    reached.add(file);
    waiting.push(...(imports.get(file) ?? []));
  }
  return reached;
}

/** Folders with the number of source files directly in them, fullest first. */
export function folderSizes(imports: Imports): readonly (readonly [folder: string, files: number])[] {
  const sizes = new Map<string, number>();
  for (const file of imports.keys()) {
    const folder = posix.dirname(file);
    sizes.set(folder, (sizes.get(folder) ?? 0) + 1);
  }
  return [...sizes].sort(([, a], [, b]) => b - a);
}

function importsOf(file: string): string[] {
  const source = readFileSync(file, 'utf8');
  const specifiers = [...source.matchAll(importFrom), ...source.matchAll(dynamicImport)].map(
    ([, path = '']) => path,
  );
  return specifiers
    .map((path) => posix.join(posix.dirname(file), path))
    .filter((path) => path.endsWith('.ts'));
}
