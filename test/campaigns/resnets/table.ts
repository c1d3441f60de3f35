/** The comparisons as a Markdown table. */
import type { Comparison } from './comparison.ts';

export interface ResnetRow {
  readonly name: string;
  /** The name that the converter recognises; absent if it refuses the network or fails. */
  readonly title?: string;
  readonly comparison?: Comparison;
  /** The first line of a refusal or a failure. */
  readonly reason?: string;
  /** `2026-11-29` */
  readonly date: string;
}

const head = [
  '| network | recognised as | largest difference | PyTorch in float32 | measured |',
  '| --- | --- | --- | --- | --- |',
];

/** Replaces the rows of networks that were measured again, and puts all rows in the order of `names`. */
export function updateTable(table: string, rows: readonly ResnetRow[], names: readonly string[]): string {
  const lines = new Map(table.split('\n').map((line) => [line.split(' ')[1], line]));
  for (const row of rows) lines.set(row.name, lineOf(row));
  return [...head, ...names.flatMap((name) => lines.get(name) ?? [])].join('\n');
}

export function lineOf({ name, title, comparison, reason, date }: ResnetRow): string {
  if (!comparison) return `| ${name} | ${reason ?? 'no answer'} | | | ${date} |`;
  const errors = [comparison.difference, comparison.pytorchDifference].map((error) => error.toExponential(1));
  return `| ${[name, title, ...errors, date].join(' | ')} |`;
}
