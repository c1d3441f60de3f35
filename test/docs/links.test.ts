import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { mistakesIn } from '../support/aws/event-schema.ts';
import { blocksIn, everyPage, pages, readPage, root } from './pages.ts';

/** Of a heading, as hosts of repositories make it. */
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
  it.each(everyPage)('link in %s only to what is there', (page) => {
    const broken = linksIn(page).filter(
      ([target, anchor]) =>
        !existsSync(join(root, target)) || (anchor !== undefined && !anchorsIn(target).includes(anchor)),
    );

    expect(broken).toEqual([]);
  });

  it('can all be reached from the README', () => {
    const reached = new Set(linksIn('README.md').map(([target]) => target));

    expect(pages.slice(1).filter((page) => !reached.has(page))).toEqual([]);
  });

  it('show JSON that can be parsed, and events as the schema has them', () => {
    const documents = blocksIn('json').map(({ code }) => JSON.parse(code));

    const events = documents.filter(({ source }) => source === 'bucketlens');
    expect(events).toHaveLength(1);
    // What EventBridge adds is not in the schema.
    const { source, detail, ...rest } = events[0];
    expect(mistakesIn({ source, 'detail-type': rest['detail-type'], detail })).toBeUndefined();
  });
});
