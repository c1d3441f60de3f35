/** The comparisons as a Markdown table. */
import type { Answer, Comparison } from './comparison.ts';

export interface ZooRow {
  readonly name: string;
  /** 2 or 3. */
  readonly keras: number;
  readonly answer?: Answer;
  readonly comparison?: Comparison;
  readonly failure?: string;
  /** `2026-11-29` */
  readonly date: string;
}

const head = [
  '| network | Keras | parameters | largest difference | conversion | memory | layer | inference | measured |',
  '| --- | --- | --- | --- | --- | --- | --- | --- | --- |',
];

export function tableOf(rows: readonly ZooRow[]): string {
  return [...head, ...rows.map(lineOf)].join('\n');
}

/** The rows of another table, with these in place of theirs of the same networks, in the order of all. */
export function updateTable(
  table: string,
  rows: readonly ZooRow[],
  all: readonly Pick<ZooRow, 'name' | 'keras'>[],
): string {
  const lines = new Map(
    table
      .split('\n')
      .filter((line) => /^\| \w+ \| [23]/.test(line))
      .map((line) => [keyOf(line), line]),
  );
  for (const row of rows) lines.set(`${row.name} ${row.keras}`, lineOf(row));
  const kept = all.flatMap(({ name, keras }) => lines.get(`${name} ${keras}`) ?? []);
  return [...head, ...kept].join('\n');
}

function keyOf(line: string): string {
  const [, name, version] = line.split('|').map((cell) => cell.trim());
  return `${name} ${Number.parseInt(version!, 10)}`;
}

function lineOf({ name, keras, answer, comparison, failure, date }: ZooRow): string {
  if (!answer || !comparison) return `| ${name} | ${keras} | ${failure ?? 'no answer'} | | | | | | ${date} |`;
  const { conversionMs, conversionBytes, difference, inferenceMs, isTopEqual, layerBytes } = comparison;
  const cells = [
    name,
    answer.version,
    `${(answer.parameters / 1e6).toFixed(1)} M`,
    `${difference.toExponential(0)}${isTopEqual ? '' : ', another class'}`,
    `${(conversionMs / 1000).toFixed(1)} s`,
    `${Math.round(conversionBytes / 1e6)} MB`,
    `${(layerBytes / 1e6).toFixed(1)} MB`,
    `${Math.round(inferenceMs)} ms`,
    date,
  ];
  return `| ${cells.join(' | ')} |`;
}
