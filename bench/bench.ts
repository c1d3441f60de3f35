/**
 * npm run bench: compares the function with the obvious ways to do the same, interleaved in one run. Prints tables, and writes
 * the figures to build/bench.json.
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { drawChart } from '../local/bar-chart.ts';
import { createCommand, prepareProcess } from '../local/cli/command.ts';
import type { Figures } from './measure.ts';
import { describeMachine, measurementPage, writeTables } from './page.ts';
import { decoders } from './programs.ts';
import { findResult, goalsOf, leastShare, type Result, regressionsOf } from './results.ts';
import { everything, leastToGuard, runSuite } from './suite.ts';
import { renderReport } from './tables.ts';

const help = `
Compares CPU time and peak memory of whole processes: medians of interleaved runs. Packages, photos and a network with random
weights are made once, in build/bench. Other work on the machine blurs the figures, but the ratios less so.`;

const root = join(import.meta.dirname, '..');

async function main(): Promise<void> {
  prepareProcess();
  const options = createCommand('npm run bench --')
    .description('Measures cold starts, further images and memory, next to the obvious ways to do the same.')
    .option('--guard', 'a subset of two minutes; exit code 1 if a figure is far below its goal')
    .option('--docs', 'also writes docs/measurements/bench.md and the chart of docs/performance.md')
    .option('--node <PATH>', "Node.js that runs the programs; Lambda's is 24", process.execPath)
    .addHelpText('after', help)
    .parse()
    .opts<{ guard?: true; docs?: true; node: string }>();

  const extent = options.guard ? leastToGuard : everything;
  const { results, held } = await runSuite(extent, join(root, 'build/bench'), options.node, (step) =>
    console.error(`${new Date().toTimeString().slice(0, 8)} ${step}`),
  );
  const goals = goalsOf(results);
  const machine = describeMachine(execFileSync(options.node, ['--version'], { encoding: 'utf8' }).trim());
  const report = renderReport({ machine, results, goals, held });
  console.log(report);
  writeFileSync(
    join(root, 'build/bench.json'),
    `${JSON.stringify({ machine, goals, results, held }, null, 2)}\n`,
  );
  if (options.docs) {
    writeTables(measurementPage('bench.md'), 'npm run bench', report);
    writeFileSync(join(root, 'docs/performance.svg'), chartOf(results));
  }
  if (options.guard) guard(results);
}

function guard(results: readonly Result[]): void {
  const regressions = regressionsOf(goalsOf(results));
  for (const { name, goal, found } of regressions) {
    console.error(
      `${name}: ${found!.toFixed(1)}x; the goal is ${goal}x, the minimum ${(leastShare * goal).toFixed(1)}x`,
    );
  }
  if (regressions.length > 0) process.exitCode = 1;
}

function chartOf(results: readonly Result[]): string {
  const panel = (title: string, unit: string, figure: keyof Figures) => ({
    title,
    unit,
    bars: decoders.flatMap((by) => {
      const value = findResult(results, 'invocation', by, '12 MP JPEG')?.[figure];
      return value ? [{ label: labels[by], value, isOurs: by === 'bucketlens' }] : [];
    }),
  });
  return drawChart('A 12 megapixel photo: processor time and peak memory, Bucketlens and others', [
    panel('A photo of 12 megapixels, cold start: processor time', 'ms', 'coldMs'),
    panel('One more: processor time', 'ms', 'warmMs'),
    panel('Peak memory', 'MB', 'peakMegabytes'),
  ]);
}

const labels = {
  bucketlens: 'Bucketlens',
  jimp: 'jimp',
  sharp: 'sharp (native)',
  mozjpeg: 'mozjpeg (WebAssembly)',
};

await main();
