/**
 * npm run bench: compares the function with the obvious ways to do the same, interleaved in one run. Prints tables, and writes
 * the figures to build/bench.json.
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { drawChart } from '../local/bar-chart.ts';
import { createCommand, prepareProcess } from '../local/cli/command.ts';
import { explainIncomparable, formatRatio, goalsOf, regressionsOf } from './goals.ts';
import { lambdaNode } from './lambda-node.ts';
import type { Figures } from './measure.ts';
import { describeMachine, measurementPage, writeTables } from './page.ts';
import { findResult, type Result, type Task } from './results.ts';
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
    .option('--guard', 'a subset of two minutes; exit code 1 if a ratio is far below the published one')
    .option('--docs', 'also writes docs/measurements/bench.md and the chart of docs/performance.md')
    .option('--node <PATH>', "Node.js that runs the programs (default: Lambda's, on Linux)")
    .option(
      '--python <PATH>',
      'Python with numpy, onnxruntime and Pillow; without them it is left out',
      'python3',
    )
    .addHelpText('after', help)
    .parse()
    .opts<{ guard?: true; docs?: true; node?: string; python: string }>();

  const extent = options.guard ? leastToGuard : everything;
  const runtimes = { node: options.node ?? (await lambdaNode()), python: options.python };
  const version = execFileSync(runtimes.node, ['--version'], { encoding: 'utf8' }).trim();
  const obstacle = options.guard && explainIncomparable(version, measurementPage('bench.md'));
  if (obstacle) {
    console.error(obstacle);
    process.exitCode = 1;
    return;
  }
  const { results, held } = await runSuite(extent, join(root, 'build/bench'), runtimes, (step) =>
    console.error(`${new Date().toTimeString().slice(0, 8)} ${step}`),
  );
  const goals = goalsOf(results);
  const machine = describeMachine(version);
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
  const regressions = regressionsOf(goalsOf(results), measurementPage('bench.md'));
  for (const { goal, published, bound } of regressions) {
    const [found, before, limit] = [goal.found!, published, bound].map((value) => formatRatio(goal, value));
    console.error(`${goal.name}: ${found}; docs/measurements/bench.md has ${before}, the bound is ${limit}`);
  }
  if (regressions.length > 0) process.exitCode = 1;
}

function chartOf(results: readonly Result[]): string {
  const panel = (title: string, unit: string, figure: keyof Figures, task: Task = 'keras') => ({
    title,
    unit,
    bars: Object.entries(labels).flatMap(([by, label]) => {
      const value = findResult(results, task, by, '12 MP JPEG')?.[figure];
      return value ? [{ label, value, isOurs: by === 'bucketlens' }] : [];
    }),
  });
  return drawChart('A 12 megapixel photo: processor time and peak memory, Bucketlens and others', [
    panel('A photo of 12 megapixels, cold start: processor time', 'ms', 'coldMs'),
    panel('One more: processor time', 'ms', 'warmMs'),
    panel("One more, with torchvision's preparation: processor time", 'ms', 'warmMs', 'torchvision'),
    panel('Peak memory', 'MB', 'peakMegabytes'),
  ]);
}

const labels = {
  bucketlens: 'Bucketlens',
  jimp: 'jimp',
  sharp: 'sharp (native)',
  mozjpeg: 'mozjpeg (WebAssembly)',
  pillow: 'Pillow (Python, no S3)',
};

await main();
