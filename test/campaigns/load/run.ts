/**
 * npm run load: makes thousands of uploads to the local stack and checks the effects of each, then checks the memory of one
 * process over thousands of invocations. Prints tables, and writes the figures to build/load.json.
 */
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InvalidArgumentError, Option } from 'commander';
import { installContenders } from '../../../bench/install.ts';
import type { HeldAfter } from '../../../bench/measure.ts';
import { describeMachine, measurementPage, writeTables } from '../../../bench/page.ts';
import { makePicture } from '../../../bench/pictures.ts';
import { createCommand, prepareProcess } from '../../../local/cli/command.ts';
import { findLeaks, measureMemory } from './leak.ts';
import { runLevel } from './level.ts';
import { type Library, readLibrary } from './library.ts';
import { effectTable, figuresOf, type LevelFigures, loadChart, memoryTable, speedTable } from './report.ts';

const help = `
Needs Linux. Each level has a stack of its own: npm start, whose one function takes one upload after another. Pictures are of all
formats, up to 12 megapixels; one in twenty is broken, one in ten overwrites the previous one.
Exit code 1 if an upload is lost or has a wrong effect, or if memory grows.`;

const root = join(import.meta.dirname, '../../..');
const home = join(root, 'build/bench');

/** Numbers of concurrent uploads. */
const levels = [1, 4, 16, 64];

const photos = [
  '0.3 MP JPEG',
  '2 MP JPEG',
  '12 MP JPEG',
  '12 MP progressive',
  '2 MP PNG',
  '2 MP WebP',
] as const;

async function main(): Promise<void> {
  prepareProcess();
  const options = createCommand('npm run load --')
    .description('Uploads to the local stack, many at a time, and checks the effects of each upload.')
    .option('--uploads <COUNT>', 'of all levels together', parseCount, 5000)
    .addOption(new Option('--leak', 'only the memory of one process').conflicts('docs'))
    .option('--docs', 'also writes docs/measurements/load.md and its chart')
    .addHelpText('after', help)
    .parse()
    .opts<{ uploads: number; leak?: true; docs?: true }>();

  announce('pictures');
  const library = await readLibrary([
    ...filesIn('test/goldens/images'),
    ...filesIn('test/support/photos'),
    ...(await makePhotos()),
  ]);
  const figures = options.leak ? [] : await runLevels(options.uploads, library);
  announce('many invocations of one process');
  const memory = await measureMemory(home, library);

  const machine = describeMachine(process.version);
  const report = [
    machine,
    ...(options.leak ? [] : [speedTable(figures), effectTable(figures)]),
    memoryTable(memory),
  ].join('\n\n');
  console.log(report);
  writeFileSync(
    join(root, 'build/load.json'),
    `${JSON.stringify({ machine, levels: figures, memory }, null, 2)}\n`,
  );
  if (options.docs) {
    writeTables(measurementPage('load.md'), 'npm run load', report);
    writeFileSync(measurementPage('load.svg'), loadChart(figures));
  }
  judge(figures, memory);
}

async function runLevels(uploads: number, library: Library): Promise<LevelFigures[]> {
  const figures: LevelFigures[] = [];
  for (const concurrency of levels) {
    announce(`uploads, ${concurrency} at a time`);
    figures.push(figuresOf(await runLevel(concurrency, Math.ceil(uploads / levels.length), library)));
  }
  return figures;
}

function judge(figures: readonly LevelFigures[], memory: readonly HeldAfter[]): void {
  const faults = figures.flatMap((level) => level.faults);
  const sentences = [
    ...faults.map(({ kind, key, found }) => `${kind}: ${key}: ${found}`),
    ...findLeaks(memory),
  ];
  for (const sentence of sentences) console.error(sentence);
  if (sentences.length > 0) process.exitCode = 1;
}

function filesIn(folder: string): string[] {
  return readdirSync(join(root, folder)).map((name) => join(root, folder, name));
}

async function makePhotos(): Promise<string[]> {
  const packages = installContenders(home);
  const files: string[] = [];
  for (const name of photos) files.push((await makePicture(name, join(home, 'pictures'), packages)).file);
  return files;
}

function parseCount(value: string): number {
  if (!/^[1-9]\d{1,5}$/.test(value)) throw new InvalidArgumentError('Expected a number from 10 to 999999.');
  return Number(value);
}

function announce(step: string): void {
  console.error(`${new Date().toTimeString().slice(0, 8)} ${step}`);
}

await main();
