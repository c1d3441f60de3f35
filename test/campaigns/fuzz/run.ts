/** npm run fuzz: runs each target, prints a table and stores failing inputs in crashes/. */
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import { InvalidArgumentError, Option } from 'commander';
import { describeMachine, measurementPage, table, writeTables } from '../../../bench/page.ts';
import { createCommand } from '../../../local/cli/command.ts';
import { type Failure, fuzzTarget, type Run } from './fuzz-target.ts';
import { crashesFolder, targetNames } from './target.ts';

const help = `
Inputs that reach a new branch are kept in build/fuzz, where later runs continue. An input that fails is written to
test/campaigns/fuzz/crashes, and npm test checks it from then on. Exit code 1 if any input fails.`;

const root = join(import.meta.dirname, '../../..');

async function main(): Promise<void> {
  const { seconds, target, seed, docs } = createCommand('npm run fuzz --')
    .description('Coverage-guided fuzzing of everything that reads untrusted input.')
    .option('--seconds <N>', 'for all targets together', toNumber, 600)
    .addOption(new Option('--target <NAME>', 'only this one').choices(targetNames))
    .option('--seed <N>', 'seed of the random numbers', toNumber, Date.now() % 1e6)
    .addOption(new Option('--docs', 'also writes docs/measurements/fuzz.md').conflicts('target'))
    .addHelpText('after', help)
    .parse()
    .opts<{ seconds: number; target?: string; seed: number; docs?: true }>();

  const waiting = target ? [target] : [...targetNames];
  const processes = Math.min(availableParallelism(), waiting.length);
  const each = { seed, seconds: (seconds * processes) / waiting.length };
  const runs = new Map<string, Run>();
  console.log(`seed ${seed}\n${row('target', headings)}`);
  const runInTurn = async () => {
    for (let name = waiting.shift(); name; name = waiting.shift()) {
      const run = await fuzzTarget(name, join(root, 'build/fuzz', name), each);
      runs.set(name, run);
      console.log(row(name, figuresOf(run)));
      for (const failure of run.failures) console.error(keep(name, failure));
      if (run.failures.length > 0) process.exitCode = 1;
    }
  };
  await Promise.all(Array.from({ length: processes }, runInTurn));
  if (docs) {
    const rows = [...runs].sort().map(([name, run]) => [name, ...figuresOf(run)]);
    const summary = `${describeMachine(process.version)} ${seconds} s for all targets together, seed ${seed}.`;
    const tables = `${summary}\n\n${table(['target', ...headings], rows)}`;
    writeTables(measurementPage('fuzz.md'), 'npm run fuzz', tables);
  }
}

function toNumber(text: string): number {
  const number = Number(text);
  if (text.trim() !== '' && number >= 0) return number;
  throw new InvalidArgumentError('Expected a number from 0 up.');
}

/** Writes the input to the folder that the tests check. @returns A message for the terminal. */
function keep(name: string, { input, reason }: Failure): string {
  const file = join(crashesFolder, name, createHash('sha1').update(input).digest('hex').slice(0, 8));
  mkdirSync(join(crashesFolder, name), { recursive: true });
  writeFileSync(file, input);
  return `
${name} failed on ${relative(root, file)} (${input.length} bytes): ${reason}
Reproduce: npx vitest run test/campaigns/fuzz/crashes.test.ts
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
    : headings.map((heading) => (heading === 'failed' ? String(failures.length) : ''));
}

function row(name: string, cells: readonly string[]): string {
  return [name.padEnd(10), ...cells.map((cell, i) => cell.padStart(headings[i]!.length))].join('  ');
}

await main();
