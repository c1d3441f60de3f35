/**
 * npm run -s cost: prints the cost of a million images by memory size and architecture. Durations are computed from the CPU
 * times in bench/cost/measurement.json, which `--measure` renews.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InvalidArgumentError } from 'commander';
import { createCommand, prepareProcess } from '../local/cli/command.ts';
import { defaultNetworkMs, describeCosts, describeOwnDurations, generatedBelow } from './cost/describe.ts';
import type { Measurement } from './cost/measurement.ts';

const help = `
Examples:
  npm run -s cost
  npm run -s cost -- --duration-ms 1769=310,2048=305          with durations of your own function
  npm run -s bench && npm run -s cost -- --measure build/bench/pictures/2-mp-jpeg.jpeg build/bench/pictures/12-mp-jpeg.jpeg --write-docs

docs/cost.md ends with this output, and says how to read the durations of a deployed function.`;

interface Options {
  readonly durationMs?: ReadonlyMap<number, number>;
  readonly networkMs: number;
  readonly measure?: readonly string[];
  readonly writeDocs?: true;
}

const docsPath = join(import.meta.dirname, '../docs/cost.md');
/** The benchmark's folder, so that each network is made once. */
const modelsPath = join(import.meta.dirname, '../build/bench');
const measurementPath = join(import.meta.dirname, 'cost/measurement.json');

function parseDurations(value: string): ReadonlyMap<number, number> {
  if (!/^\d+=\d+(,\d+=\d+)*$/.test(value))
    throw new InvalidArgumentError('Expected MB=MS, separated by commas.');
  return new Map(value.split(',').map((pair) => pair.split('=').map(Number) as [number, number]));
}

function parseMilliseconds(value: string): number {
  if (!/^\d+$/.test(value)) throw new InvalidArgumentError('Expected a number of milliseconds.');
  return Number(value);
}

prepareProcess();
const program = createCommand('npm run -s cost --')
  .description('Computes the cost of a million images on AWS.')
  .option('--duration-ms <MB=MS,...>', 'measured durations of an image, by memory size', parseDurations)
  .option(
    '--network-ms <MS>',
    'time that an image waits for S3 and EventBridge',
    parseMilliseconds,
    defaultNetworkMs,
  )
  .option('--measure <FILE...>', 'measure again with these photos, and keep the result')
  .option('--write-docs', 'also write the end of docs/cost.md')
  .addHelpText('after', help)
  .parse();
const { durationMs, networkMs, measure: files, writeDocs } = program.opts<Options>();

if (files) {
  console.error(
    'measuring; this takes five minutes, and ten more if the int8 networks have to be made first',
  );
  const { measure } = await import('./cost/measure.ts');
  const measured = await measure(files, modelsPath, (step) => console.error(step));
  writeFileSync(measurementPath, `${JSON.stringify(measured, undefined, 2)}\n`);
}
const measurement: Measurement = JSON.parse(readFileSync(measurementPath, 'utf8'));
console.log(
  durationMs ? describeOwnDurations(durationMs, measurement) : describeCosts(measurement, networkMs),
);
if (writeDocs) {
  const [written] = readFileSync(docsPath, 'utf8').split(generatedBelow);
  const generated = describeCosts(measurement, defaultNetworkMs);
  writeFileSync(docsPath, `${written}${generatedBelow}${generated}\n`);
}
