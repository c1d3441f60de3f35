/** Renders the results of a load run as tables and a chart. */

import type { HeldAfter } from '../../../bench/measure.ts';
import { table } from '../../../bench/page.ts';
import { drawChart } from '../../../local/bar-chart.ts';
import { type Fault, faultKinds, findFaults } from './faults.ts';
import type { LevelResult } from './level.ts';

/** Figures of one level. */
export interface LevelFigures
  extends Pick<
    LevelResult,
    'concurrency' | 'functionPeakMegabytes' | 'endpointPeakMegabytes' | 'failedAttempts'
  > {
  readonly uploads: number;
  readonly broken: number;
  readonly overwritten: number;
  readonly events: number;
  readonly writes: number;
  readonly uploadsPerSecond: number;
  /** Percentiles of the time from the beginning of an upload to its event. */
  readonly latencyMs: { readonly p50: number; readonly p95: number; readonly p99: number };
  /** CPU time of the function per upload. */
  readonly cpuMs: number;
  readonly faults: readonly Fault[];
}

export function figuresOf(result: LevelResult): LevelFigures {
  const { observation, latenciesMs, seconds, functionCpuMs, ...same } = result;
  const { uploads, events, writtenKeys, objects } = observation;
  const sorted = latenciesMs.toSorted((a, b) => a - b);
  const within = (share: number) => sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN;
  return {
    ...same,
    uploads: uploads.length,
    broken: uploads.filter(({ picture }) => picture.label === undefined).length,
    overwritten: uploads.length - objects.size,
    events: events.length,
    writes: writtenKeys.length,
    uploadsPerSecond: uploads.length / seconds,
    latencyMs: { p50: within(0.5), p95: within(0.95), p99: within(0.99) },
    cpuMs: functionCpuMs / uploads.length,
    faults: findFaults(observation),
  };
}

export function speedTable(levels: readonly LevelFigures[]): string {
  return table(
    [
      'uploads at a time',
      'uploads/s',
      'to the event: p50 ms',
      'p95',
      'p99',
      'CPU ms of the function, each',
      'its peak MB',
      'peak MB of S3 and page',
    ],
    levels.map(({ concurrency, latencyMs: { p50, p95, p99 }, ...level }) => [
      String(concurrency),
      level.uploadsPerSecond.toFixed(1),
      ...[p50, p95, p99, level.cpuMs, level.functionPeakMegabytes, level.endpointPeakMegabytes].map((value) =>
        value.toFixed(0),
      ),
    ]),
  );
}

export function effectTable(levels: readonly LevelFigures[]): string {
  return table(
    [
      'uploads at a time',
      'uploads',
      'broken',
      'overwritten',
      'events',
      'labels written',
      'failed attempts',
      ...faultKinds,
    ],
    levels.map(({ concurrency, uploads, broken, overwritten, events, writes, failedAttempts, faults }) =>
      [
        ...[concurrency, uploads, broken, overwritten, events, writes, failedAttempts],
        ...faultKinds.map((wanted) => faults.filter(({ kind }) => kind === wanted).length),
      ].map(String),
    ),
  );
}

export function memoryTable(memory: readonly HeldAfter[]): string {
  return table(
    ['invocations', 'MB in the heap', 'MB in buffers and WebAssembly', 'MB resident', 'peak so far'],
    memory.map(({ runs, heapMegabytes, externalMegabytes, residentMegabytes, peakMegabytes }) => [
      String(runs),
      ...[heapMegabytes, externalMegabytes, residentMegabytes, peakMegabytes].map((value) =>
        value.toFixed(1),
      ),
    ]),
  );
}

export function loadChart(levels: readonly LevelFigures[]): string {
  const panel = (title: string, unit: string, figure: (level: LevelFigures) => number) => ({
    title,
    unit,
    bars: levels.map((level) => ({
      label: `${level.concurrency} at a time`,
      value: figure(level),
      isOurs: true,
    })),
  });
  return drawChart('Uploads to the local stack, by how many are made at a time', [
    panel('Throughput of one function', 'uploads/s', (level) => level.uploadsPerSecond),
    panel('From an upload to its event: median', 'ms', (level) => level.latencyMs.p50),
    panel('99 of 100 take no longer than', 'ms', (level) => level.latencyMs.p99),
    panel('Peak memory of the function', 'MB', (level) => level.functionPeakMegabytes),
  ]);
}
