import { globSync } from 'tinyglobby';
import { describe, expect, it } from 'vitest';
import { readPage, root } from './pages.ts';

interface Recipe {
  readonly title: string;
  /** From the project's root; `NAME` stands for the name of the new thing. */
  readonly paths: readonly string[];
}

/** The sections of contributing.md below "Add something", with the files that each names. */
function readRecipes(): Recipe[] {
  const [, sections] = readPage('docs/contributing.md').split('\n## Add something\n');
  return sections!
    .split('\n## ')[0]!
    .split('\n### ')
    .slice(1)
    .map((section) => ({
      title: section.split('\n')[0]!,
      paths: [
        ...new Set([...section.matchAll(/`((?:[\w.-]+\/)+[\w.-]*|README\.md)`/g)].map(([, path]) => path!)),
      ],
    }));
}

const recipes = readRecipes();

describe('contributing.md', () => {
  it.each(recipes)('names only files that exist: $title', ({ paths }) => {
    const missing = paths.filter((path) => {
      const pattern = path.replaceAll('NAME', '*').replace(/\/$/, '/**');
      return globSync(pattern, { cwd: root }).length === 0;
    });

    expect(paths).not.toEqual([]);
    expect(missing).toEqual([]);
  });
});
