/** The pages of the docs, and their blocks of code. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { globSync } from 'tinyglobby';

export const root = join(import.meta.dirname, '../..');

/** Paths from the project's root. */
export const pages: readonly string[] = ['README.md', ...globSync('docs/**/*.md', { cwd: root }).sort()];

/** Also the pages outside of `docs/` that the README links to. */
export const everyPage: readonly string[] = [...pages, 'SECURITY.md', 'CHANGELOG.md'];

export interface Block {
  readonly page: string;
  /** Line number of the first line of code, from 1. */
  readonly line: number;
  /** The language named after the fence; `indented` for a block without one. */
  readonly language: string;
  readonly code: string;
}

export function readPage(page: string): string {
  return readFileSync(join(root, page), 'utf8');
}

/** Fenced and indented blocks, in order. */
export function blocksOf(page: string): Block[] {
  const blocks: Block[] = [];
  const lines = readPage(page).split('\n');
  for (let at = 0; at < lines.length; at++) {
    const [, language] = lines[at]!.match(/^```(\S*)/) ?? [];
    const isIndented = /^ {4}\S/.test(lines[at]!) && !lines[at - 1];
    if (language === undefined && !isIndented) continue;
    const begin = language === undefined ? at : at + 1;
    const isEnd = (line: string) =>
      language === undefined ? !line.startsWith('    ') : line.startsWith('```');
    const length = [...lines.slice(begin), '```'].findIndex(isEnd);
    const code = lines.slice(begin, begin + length).map((line) => (isIndented ? line.slice(4) : line));
    blocks.push({ page, line: begin + 1, language: language ?? 'indented', code: code.join('\n') });
    at = begin + length;
  }
  return blocks;
}

/** The prediction event that the docs show. */
export function eventShown(): string {
  return blocksOf('docs/predictions.md').find(({ language }) => language === 'json')!.code;
}

export function blocksIn(language: string): Block[] {
  return pages.flatMap(blocksOf).filter((block) => block.language === language);
}
