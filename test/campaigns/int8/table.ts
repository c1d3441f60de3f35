/** The comparisons as a Markdown table. */
import { type Agreement, percent, portion } from '../../../layers/model/int8/agreement.ts';

export interface Int8Row {
  /** The name of the folder of photos. */
  readonly photos: string;
  readonly tool: string;
  readonly agreement: Agreement;
  /** CPU time of an inference as a fraction of float32's. */
  readonly time: number;
  /** `2026-11-29` */
  readonly date: string;
}

const head = [
  '| photos | quantised by | same first label | the same where float32 is above 0.5 | of the five best, kept | time / float32 | measured |',
  '| --- | --- | --- | --- | --- | --- | --- |',
];

/** Replaces the rows of photos that were measured again. */
export function updateTable(table: string, rows: readonly Int8Row[]): string {
  const measured = new Set(rows.map(({ photos }) => photos));
  const kept = table
    .split('\n')
    .filter((line) => line.startsWith('| ') && !head.includes(line) && !measured.has(line.split(' ')[1]!));
  return [...head, ...kept, ...rows.map(lineOf)].join('\n');
}

export function lineOf({ photos, tool, agreement: { all, sure, topFive = 1 }, time, date }: Int8Row): string {
  return `| ${[photos, tool, portion(all), portion(sure), percent(topFive), time.toFixed(2), date].join(' | ')} |`;
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
