/**
 * npm run mutation: breaks each room of the function in every small way that Stryker knows, runs the room's own tests
 * against each, and says which changes nobody noticed. Reports in build/mutation/ROOM.
 */
import { mkdirSync } from 'node:fs';
import { Stryker } from '@stryker-mutator/core';
import { Argument } from 'commander';
import { createCommand } from '../../../local/cli/command.ts';
import { rooms } from './rooms.ts';

const leastScore = 80;

const help = `
A room takes from a minute to an hour. What is unchanged since the last run, tests and all, is not run again.`;

async function main(): Promise<void> {
  const command = createCommand('npm run mutation --')
    .description(`Tests the tests of functions/classify; exit code 1 below ${leastScore} %.`)
    .addArgument(new Argument('[ROOM...]', 'all unless given').choices(Object.keys(rooms)))
    .addHelpText('after', help)
    .parse();
  const names = command.args.length > 0 ? command.args : Object.keys(rooms);

  const table = [];
  for (const room of names) table.push({ room, ...(await mutate(room)) });
  const mutants = table.reduce((sum, row) => sum + row.mutants, 0);
  const killed = table.reduce((sum, row) => sum + row.killed, 0);
  table.push({ room: 'together', mutants, killed, score: scoreOf(killed, mutants) });
  console.table(table);
  if (scoreOf(killed, mutants) < leastScore) process.exitCode = 1;
}

async function mutate(room: string) {
  const { sources, tests } = rooms[room];
  const folder = `build/mutation/${room}`;
  mkdirSync(folder, { recursive: true });
  const results = await new Stryker({
    mutate: [...sources],
    // Its own tests: other rooms' run a room's code too, but seldom look at what it gives, and take hours.
    testFiles: [...tests],
    testRunner: 'vitest',
    vitest: { configFile: 'test/campaigns/mutation/vitest.config.ts' },
    coverageAnalysis: 'perTest',
    // Schemas, tables and constants: what runs when a module is loaded would need every test of the room again.
    ignoreStatic: true,
    // A change that makes a loop endless is found by counting; on a busy machine the time alone says nothing.
    timeoutMS: 60_000,
    incremental: true,
    incrementalFile: `${folder}/incremental.json`,
    tempDirName: 'build/mutation/sandbox',
    ignorePatterns: ['build', 'cdk.out', 'docs'],
    // It would be rewritten for the sandbox by a TypeScript that has an API, and Vitest does not need it.
    tsconfigFile: 'none',
    reporters: ['html', 'json', 'clear-text', 'progress'],
    clearTextReporter: { allowColor: false, reportTests: false, reportScoreTable: false },
    htmlReporter: { fileName: `${folder}/report.html` },
    jsonReporter: { fileName: `${folder}/report.json` },
    allowEmpty: true,
  }).runMutationTest();
  const count = (...statuses: string[]) => results.filter(({ status }) => statuses.includes(status)).length;
  const killed = count('Killed', 'Timeout');
  const mutants = killed + count('Survived', 'NoCoverage');
  return { mutants, killed, score: scoreOf(killed, mutants) };
}

/** In percent; a room of types has nothing to break. */
function scoreOf(killed: number, mutants: number): number {
  return mutants === 0 ? 100 : Math.round((1000 * killed) / mutants) / 10;
}

await main();
