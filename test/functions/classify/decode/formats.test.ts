import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { formats } from '../../../../functions/classify/decode/formats.ts';

describe('formats', () => {
  it('are the rows of the table in docs/images.md', () => {
    const page = readFileSync(new URL('../../../../docs/images.md', import.meta.url), 'utf8');
    const [table = ''] = page.match(/^\| format \|.*?(?=\n\n)/ms) ?? [];
    const [, , ...rows] = table.split('\n');

    expect(rows.map((row) => row.split('|')[1]?.trim())).toEqual(formats.map(({ label }) => label));
  });

  it('have names of their own', () => {
    expect(new Set(formats.map(({ name }) => name)).size).toBe(formats.length);
  });
});
