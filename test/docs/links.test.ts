import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { globSync } from 'tinyglobby';
import { describe, expect, it } from 'vitest';
import { mistakesIn } from '../support/aws/event-schema.ts';
import { blocksIn, everyPage, pages, readPage, root } from './pages.ts';

/** The anchor that GitHub and others give a heading. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}

function anchorsIn(page: string): string[] {
  return [...readPage(page).matchAll(/^#+ (.*)$/gm)].map(([, heading]) => anchorOf(heading!));
}

function linksIn(page: string): (readonly [target: string, anchor: string | undefined])[] {
  return [...readPage(page).matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)].map(([, path, anchor]) => [
    path ? join(dirname(page), path) : page,
    anchor,
  ]);
}

describe('the docs', () => {
  it.each(everyPage)('have no broken link in %s', (page) => {
    const broken = linksIn(page).filter(
      ([target, anchor]) =>
        !existsSync(join(root, target)) || (anchor !== undefined && !anchorsIn(target).includes(anchor)),
    );

    expect(broken).toEqual([]);
  });

  it('can all be reached from the README', () => {
    const reached = new Set(['README.md']);
    for (const page of reached) {
      if (!page.endsWith('.md')) continue;
      for (const [target] of linksIn(page)) reached.add(target);
    }

    expect(pages.filter((page) => !reached.has(page))).toEqual([]);
  });

  it.each(everyPage)('name only test files that exist in %s', (page) => {
    const named = [...readPage(page).matchAll(/`([\w./-]+\.test\.ts)`/g)].map(([, path]) => path!);
    const missing = named.filter(
      (path) =>
        globSync(
          [path, `test/**/${path}`].map((at) => at.replaceAll('NAME', '*')),
          { cwd: root },
        ).length === 0,
    );

    expect(missing).toEqual([]);
  });

  it('show valid JSON, and events that match the schema', () => {
    const documents = blocksIn('json').map(({ code }) => JSON.parse(code));

    const events = documents.filter(({ source }) => source === 'bucketlens');
    expect(events).toHaveLength(1);
    // Leaves out the fields that EventBridge adds: they are not in the schema.
    const { source, detail, ...rest } = events[0];
    expect(mistakesIn({ source, 'detail-type': rest['detail-type'], detail })).toBeUndefined();
  });
});
