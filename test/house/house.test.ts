import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { circlesIn, folderSizes, reachableFrom, readImports } from './imports.ts';

const home = 'functions/classify';
const imports = readImports();

describe('the house', () => {
  it('has no import circle, type-only imports and tests included', () => {
    expect(circlesIn(imports)).toEqual([]);
  });

  it('has at most 20 source files in a folder', () => {
    expect(folderSizes(imports).filter(([, files]) => files > 20)).toEqual([]);
  });

  it.each(['event', 'object', 'write-back', 'publish'])('keeps pixels out of %s', (room) => {
    const files = [...imports.keys()].filter((file) => file.startsWith(`${home}/${room}/`));

    const pixels = [...reachableFrom(files, imports)].filter((file) =>
      /^functions\/classify\/(decode|tensor)\//.test(file),
    );

    expect(files).not.toEqual([]);
    expect(pixels).toEqual([]);
  });

  it.each(['decode', 'tensor', 'network'])('keeps AWS out of %s', (room) => {
    const files = [...imports.keys()].filter((file) => file.startsWith(`${home}/${room}/`));

    const edges = [...reachableFrom(files, imports)].filter((file) =>
      /^functions\/classify\/(event|object|write-back|publish|clients)\b/.test(file),
    );

    expect(files).not.toEqual([]);
    expect(edges).toEqual([]);
  });
});

describe('circlesIn', () => {
  it('finds each group of files that reach one another, and no chain', () => {
    const graph = new Map([
      ['a', ['b']],
      ['b', ['c', 'd']],
      ['c', ['a']],
      ['d', ['e']],
      ['e', ['d']],
      ['f', ['a']],
    ]);

    expect(circlesIn(graph)).toEqual([
      ['a', 'b', 'c'],
      ['d', 'e'],
    ]);
  });
});

describe('a source file', () => {
  it('declares its functions as functions, which are hoisted and named in stack traces', () => {
    const arrow =
      /^(?:export )?const (\w+) = (?:async )?(?:<[^=]*?>)?\((?:[^()]|\([^()]*\))*\)(?:: [^=]+?)? =>/gm;

    const found = [...imports.keys()].flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(arrow)].map(([, name]) => `${file}: ${name}`),
    );

    expect(found).toEqual([]);
  });
});
