/** What measurements write into the pages of the docs. */
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, release, type } from 'node:os';

/** @param node The version of the Node.js that was measured with. */
export function describeMachine(node: string): string {
  return `${cpus()[0]?.model.trim()}, ${availableParallelism()} processors, ${type()} ${release()}, ${process.arch}; Node.js ${node}.`;
}

/** A table in Markdown, which reads well on a terminal, too. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((_, i) => Math.max(3, ...[head, ...rows].map((row) => row[i]!.length)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i]!)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

/** Puts them in a page in place of those of the last time. @throws Error if the page has no place for them. */
export function writeTables(page: string, command: string, tables: string): void {
  const text = readFileSync(page, 'utf8');
  const begin = `<!-- ${command} writes from here -->`;
  const [before, after] = text.split(begin);
  const end = after?.indexOf('<!-- to here -->') ?? -1;
  if (end === -1) throw new Error(`${page} has no ${begin}, or no end to it`);
  writeFileSync(page, `${before}${begin}\n\n${tables}\n\n${after!.slice(end)}`);
}
