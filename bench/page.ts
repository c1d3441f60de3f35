/** Reads and writes measurements in the docs: each is between two comments, the first of which names the command that writes it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, release, type } from 'node:os';
import { join } from 'node:path';

const measurements = join(import.meta.dirname, '../docs/measurements');

/** The path of a page of docs/measurements, `NAME.md`, or of a picture on one. */
export function measurementPage(file: string): string {
  return join(measurements, file);
}

/** @param node Version of the Node.js that ran the measured code. */
export function describeMachine(node: string): string {
  return `${cpus()[0]?.model.trim()}, ${availableParallelism()} processors, ${type()} ${release()}, ${process.arch}; Node.js ${node}.`;
}

/** A table in Markdown, padded so that it reads well on a terminal, too. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((_, i) => Math.max(3, ...[head, ...rows].map((row) => row[i]!.length)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i]!)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

/**
 * Replaces what the command wrote into the page the last time.
 *
 * @throws Error if the page has no place for it.
 */
export function writeTables(page: string, command: string, tables: string): void {
  const [before, , after] = splitPage(page, command);
  writeFileSync(page, `${before}\n\n${tables}\n\n${after}`);
}

/**
 * The rows of the tables that the command wrote into the page the last time, without heads.
 *
 * @throws Error if the page has no place for them.
 */
export function readRows(page: string, command: string): string[][] {
  const [, tables] = splitPage(page, command);
  return tables
    .split('\n\n')
    .flatMap((block) =>
      block
        .split('\n')
        .filter((line) => line.startsWith('|'))
        .slice(2),
    )
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    );
}

/**
 * The version of Node.js on the page of the benchmark.
 *
 * @throws Error if the page names none.
 */
export function publishedNode(page: string): string {
  const [, version] = /; Node\.js (v[\d.]+)\.$/m.exec(readFileSync(page, 'utf8')) ?? [];
  if (!version) throw new Error(`${page} names no version of Node.js; npm run bench -- --docs writes it`);
  return version;
}

function splitPage(page: string, command: string): [before: string, tables: string, after: string] {
  const begin = `<!-- ${command} writes from here -->`;
  const text = readFileSync(page, 'utf8');
  const from = text.indexOf(begin) + begin.length;
  const to = text.indexOf('<!-- to here -->', from);
  if (from < begin.length || to < 0) throw new Error(`${page} has no ${begin}, or no end to it`);
  return [text.slice(0, from), text.slice(from, to), text.slice(to)];
}
