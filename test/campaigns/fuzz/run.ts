/** npm run fuzz: each target in turn. A table on the terminal; what a target failed on in crashes/. */
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import { InvalidArgumentError, Option } from 'commander';
import { createCommand } from '../../../local/cli/command.ts';
import { type Failure, fuzzTarget, type Run } from './fuzz-target.ts';
import { crashesFolder, targetNames } from './target.ts';

const help = `
An input that takes a branch for the first time is kept in build/fuzz, and changed further in later runs. One that a target
fails on is written to test/campaigns/fuzz/crashes, from where npm test checks it from then on; the exit code then is 1.`;

const root = join(import.meta.dirname, '../../..');

async function main(): Promise<void> {
  const { seconds, target, seed } = createCommand('npm run fuzz --')
    .description('Changes what comes from others until something breaks: coverage-guided fuzzing.')
    .option('--seconds <N>', 'for all targets together', toNumber, 600)
    .addOption(new Option('--target <NAME>', 'only this one').choices(targetNames))
    .option('--seed <N>', 'what the random numbers begin with', toNumber, Date.now() % 1e6)
    .addHelpText('after', help)
    .parse()
    .opts<{ seconds: number; target?: string; seed: number }>();

  const waiting = target ? [target] : [...targetNames];
  const processes = Math.min(availableParallelism(), waiting.length);
  const each = { seed, seconds: (seconds * processes) / waiting.length };
  console.log(`seed ${seed}\n${row('target', headings)}`);
  const runInTurn = async () => {
    for (let name = waiting.shift(); name; name = waiting.shift()) {
      const run = await fuzzTarget(name, join(root, 'build/fuzz', name), each);
      console.log(row(name, figuresOf(run)));
      for (const failure of run.failures) console.error(keep(name, failure));
      if (run.failures.length > 0) process.exitCode = 1;
    }
  };
  await Promise.all(Array.from({ length: processes }, runInTurn));
}

function toNumber(text: string): number {
  const number = Number(text);
  if (text.trim() !== '' && number >= 0) return number;
  throw new InvalidArgumentError('It is a number from 0 up.');
}

/** Writes the input where the tests check it, and says how. */
function keep(name: string, { input, reason }: Failure): string {
  const file = join(crashesFolder, name, createHash('sha1').update(input).digest('hex').slice(0, 8));
  mkdirSync(join(crashesFolder, name), { recursive: true });
  writeFileSync(file, input);
  return `
${name} failed on ${relative(root, file)} (${input.length} bytes): ${reason}
Again: npx vitest run test/campaigns/fuzz/crashes.test.ts
`;
}

const headings = ['executions', 'branches', 'inputs', 'new', 'failed', 'slowest', 'memory'];

function figuresOf({ progress, failures }: Run): string[] {
  return progress
    ? [
        String(progress.executions),
        String(progress.branches),
        String(progress.kept),
        String(progress.added),
        String(failures.length),
        `${progress.slowestMs.toFixed()} ms`,
        `${progress.peakMegabytes.toFixed()} MB`,
      ]
    : [];
}

function row(name: string, cells: readonly string[]): string {
  return [name.padEnd(10), ...cells.map((cell, i) => cell.padStart(headings[i]!.length))].join('  ');
}

await main();
