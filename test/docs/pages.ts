/** The pages that users read, and the blocks of code that stand in them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '../..');

/** Relative to the repository. */
export const pages: readonly string[] = [
  'README.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

/** With those that the README links to and that are no part of `docs/`. */
export const everyPage: readonly string[] = [...pages, 'SECURITY.md', 'CHANGELOG.md'];

export interface Block {
  readonly page: string;
  /** Of its first line of code, counted from 1. */
  readonly line: number;
  /** What stands behind the fence; `indented` where there is none. */
  readonly language: string;
  readonly code: string;
}

export function readPage(page: string): string {
  return readFileSync(join(root, page), 'utf8');
}

/** Fenced blocks and indented ones, in their order. */
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

export function blocksIn(language: string): Block[] {
  return pages.flatMap(blocksOf).filter((block) => block.language === language);
}
