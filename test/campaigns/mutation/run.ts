/**
 * npm run mutation: changes each folder of functions/classify in every small way that Stryker knows, runs the folder's own
 * tests against each change, and lists the changes that no test detects. Reports in build/mutation/FOLDER.
 */
import { mkdirSync } from 'node:fs';
import { Stryker } from '@stryker-mutator/core';
import { Argument } from 'commander';
import { describeMachine, measurementPage, readRows, table, writeTables } from '../../../bench/page.ts';
import { createCommand } from '../../../local/cli/command.ts';
import { rooms } from './rooms.ts';
import { head, type Mutants, merge, rowsOf, scoreOf, sumOf } from './table.ts';

const leastScore = 80;

const help = `
A folder takes from a minute to an hour. Mutants whose code and tests are unchanged since the last run are not run again.`;

async function main(): Promise<void> {
  const command = createCommand('npm run mutation --')
    .description(`Mutation-tests functions/classify; exit code 1 below ${leastScore} %.`)
    .addArgument(new Argument('[FOLDER...]', 'folders; all by default').choices(Object.keys(rooms)))
    .option('--docs', 'also writes the rows of these folders to docs/measurements/mutation.md')
    .addHelpText('after', help)
    .parse();
  const names = command.args.length > 0 ? command.args : Object.keys(rooms);

  const results = new Map<string, Mutants>();
  for (const room of names) results.set(room, await mutate(room));
  console.log(table(head, rowsOf(results)));
  if (command.opts<{ docs?: true }>().docs) writeDocs(results);
  if (scoreOf(sumOf([...results.values()])) < leastScore) process.exitCode = 1;
}

function writeDocs(results: ReadonlyMap<string, Mutants>): void {
  const page = measurementPage('mutation.md');
  const command = 'npm run mutation';
  const all = merge(readRows(page, command), results, Object.keys(rooms));
  writeTables(page, command, `${describeMachine(process.version)}\n\n${table(head, rowsOf(all))}`);
}

async function mutate(room: string): Promise<Mutants> {
  const { sources, tests } = rooms[room];
  const folder = `build/mutation/${room}`;
  mkdirSync(folder, { recursive: true });
  process.env.MUTATED_FOLDER = room;
  const results = await new Stryker({
    mutate: [...sources],
    // Only the folder's own tests: others run its code too, but seldom check its results, and take hours.
    testFiles: [...tests],
    testRunner: 'vitest',
    vitest: { configFile: 'test/campaigns/mutation/vitest.config.ts' },
    coverageAnalysis: 'perTest',
    // Schemas, tables and constants run when a module is loaded: mutating them would run every test of the folder again.
    ignoreStatic: true,
    // Stryker finds endless loops by counting iterations; on a busy machine, time alone proves nothing.
    timeoutMS: 60_000,
    // The first run counts what each test reaches, which takes the decoders' and resizers' loops many times as long.
    dryRunTimeoutMinutes: 30,
    incremental: true,
    incrementalFile: `${folder}/incremental.json`,
    tempDirName: 'build/mutation/sandbox',
    ignorePatterns: ['build', 'cdk.out'],
    // Stryker would rewrite it with a TypeScript that has an API; Vitest does not need it.
    tsconfigFile: 'none',
    reporters: ['html', 'json', 'clear-text', 'progress'],
    clearTextReporter: { allowColor: false, reportTests: false, reportScoreTable: false },
    htmlReporter: { fileName: `${folder}/report.html` },
    jsonReporter: { fileName: `${folder}/report.json` },
    allowEmpty: true,
  }).runMutationTest();
  const count = (fate: string) => results.filter(({ status }) => status === fate).length;
  return {
    killed: count('Killed'),
    timedOut: count('Timeout'),
    survived: count('Survived'),
    uncovered: count('NoCoverage'),
  };
}

await main();
