/** The results of a run, as a table and as a chart. */
import { styleText } from 'node:util';
import { drawChart } from '../../bar-chart.ts';
import type { Measured } from './measure.ts';
import { millionDollars, type Setup } from './price.ts';

/** A memory size that was measured, or the reason why it was not. */
export type Row = Setup & ((Measured & { readonly refused?: never }) | { readonly refused: string });

export type MeasuredRow = Setup & Measured & { readonly millionDollars: number };

/** @returns The rows that were measured, in their order, with their cost. */
export function withCost(rows: readonly Row[]): MeasuredRow[] {
  return rows.flatMap((row) =>
    row.refused === undefined ? [{ ...row, millionDollars: millionDollars(row, row) }] : [],
  );
}

export function cheapest(rows: readonly MeasuredRow[]): MeasuredRow | undefined {
  return rows.toSorted((a, b) => a.millionDollars - b.millionDollars)[0];
}

/** The fastest when warm. */
export function fastest(rows: readonly MeasuredRow[]): MeasuredRow | undefined {
  return rows.toSorted((a, b) => a.warmMs - b.warmMs)[0];
}

const headings = ['architecture', 'memory', 'warm', 'cold', 'peak memory', 'a million', ''];
const titleStyle = 'bold';

/** A line for each row, with aligned columns. */
export function describeTable(rows: readonly Row[]): string {
  const measured = withCost(rows);
  const marks = new Map<MeasuredRow | undefined, string>();
  for (const [row, mark] of [
    [cheapest(measured), 'cheapest'],
    [fastest(measured), 'fastest'],
  ] as const)
    marks.set(row, [marks.get(row), mark].filter(Boolean).join(' and '));
  const lines = measured.map((row) => [
    row.architecture,
    `${row.memoryMb} MB`,
    milliseconds(row.warmMs),
    milliseconds(row.coldMs),
    `${row.peakMb} MB`,
    `$${row.millionDollars.toFixed(2)}`,
    marks.get(row) ?? '',
  ]);
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...lines.map((cells) => cells[column]!.length)),
  );
  const aligned = (cells: readonly string[]) =>
    cells
      .map((cell, column) =>
        column === 0 || column === headings.length - 1
          ? cell.padEnd(widths[column]!)
          : cell.padStart(widths[column]!),
      )
      .join('  ')
      .trimEnd();
  const refused = rows.flatMap(({ architecture, refused }) =>
    refused === undefined ? [] : [`${architecture}: ${refused}`],
  );
  return [styleText(titleStyle, aligned(headings)), ...lines.map(aligned), ...refused].join('\n');
}

/** An SVG chart: cost and duration of each row, the cheapest and the fastest highlighted. */
export function drawResults(rows: readonly Row[], title: string): string {
  const measured = withCost(rows);
  const label = ({ architecture, memoryMb }: Setup) => `${architecture}, ${memoryMb} MB`;
  const panel = (
    heading: string,
    unit: string,
    figureOf: (row: MeasuredRow) => number,
    best: MeasuredRow | undefined,
  ) => ({
    title: heading,
    unit,
    bars: measured.map((row) => ({ label: label(row), value: figureOf(row), isOurs: row === best })),
  });
  return drawChart(title, [
    panel("Lambda's charge for a million images", 'dollars', (row) => row.millionDollars, cheapest(measured)),
    panel('A warm image', 'ms', ({ warmMs }) => warmMs, fastest(measured)),
    panel('A cold start and its image', 'ms', ({ coldMs }) => coldMs, fastest(measured)),
  ]);
}

function milliseconds(value: number): string {
  return `${value.toFixed(0)} ms`;
}
