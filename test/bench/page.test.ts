import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { describeMachine, publishedNode, readRows, table, writeTables } from '../../bench/page.ts';

const folder = mkdtempSync(join(tmpdir(), 'page-'));
const page = join(folder, 'page.md');
const text = `Before.

<!-- npm run one writes from here -->

old

<!-- to here -->

<!-- npm run two writes from here -->

kept

<!-- to here -->
`;
beforeEach(() => writeFileSync(page, text));
afterAll(() => rmSync(folder, { recursive: true }));

describe('writeTables', () => {
  it('replaces what the command wrote, and nothing else', () => {
    writeTables(page, 'npm run one', 'new');

    expect(readFileSync(page, 'utf8')).toBe(text.replace('old', 'new'));
  });

  it('refuses a page that has no place for the command', () => {
    expect(() => writeTables(page, 'npm run three', 'new')).toThrow(/page\.md has no .*npm run three/);
  });
});

describe('readRows', () => {
  it('reads back the rows that were written', () => {
    const rows = [
      ['event', '97.4 %'],
      ['decode/jpeg', ''],
    ];
    writeTables(page, 'npm run one', `A machine.\n\n${table(['folder', 'score'], rows)}`);

    expect(readRows(page, 'npm run one')).toEqual(rows);
  });
});

describe('publishedNode', () => {
  it('reads back the version in the description of the machine', () => {
    writeTables(page, 'npm run one', describeMachine('v24.1.0'));

    expect(publishedNode(page)).toBe('v24.1.0');
  });

  it('refuses a page without a version', () => {
    expect(() => publishedNode(page)).toThrow(/page\.md names no version/);
  });
});
