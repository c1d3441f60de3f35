/** The comparisons as a Markdown table. */
import type { Answer, Comparison } from './comparison.ts';

export interface ZooRow {
  readonly name: string;
  /** 2 or 3. */
  readonly keras: number;
  readonly answer?: Answer;
  readonly comparison?: Comparison;
  readonly failure?: string;
}

const head = [
  '| network | Keras | parameters | largest difference | conversion | memory | layer | inference |',
  '| --- | --- | --- | --- | --- | --- | --- | --- |',
];

export function tableOf(rows: readonly ZooRow[]): string {
  return [...head, ...rows.map(lineOf)].join('\n');
}

function lineOf({ name, keras, answer, comparison, failure }: ZooRow): string {
  if (!answer || !comparison) return `| ${name} | ${keras} | ${failure ?? 'no answer'} | | | | | |`;
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
  ];
  return `| ${cells.join(' | ')} |`;
}
