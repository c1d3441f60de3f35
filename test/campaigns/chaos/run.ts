/** npm run chaos: uploads to the local stack while the network and the function fail, and lists what is not as it should be. */
import { join } from 'node:path';
import { InvalidArgumentError } from 'commander';
import { createCommand, prepareProcess } from '../../../local/cli/command.ts';
import { randomFrom } from '../../support/random.ts';
import { readLibrary } from '../load/library.ts';
import { runChaos } from './chaos.ts';
import { findDisorder } from './disorder.ts';
import { pictures } from './pictures.ts';

const help = `
Uploads over few keys, overwrites and deletes them, delivers notifications twice, kills the function at work, and sends
its requests through a proxy that drops, delays and cuts them and answers 503. Afterwards every object must have the
labels of its own bytes, and every upload that is still there an event. Everything stays on this machine; Linux only.

Exit code: 0 if everything is as it should be, 1 if not, 2 on wrong usage.`;

const root = join(import.meta.dirname, '../../..');

async function main(): Promise<void> {
  prepareProcess();
  const { uploads, keys, seed, minutes } = createCommand('npm run chaos --')
    .description('Run the local stack under failures, and list what is not as it should be.')
    .option('--uploads <COUNT>', 'number of uploads', parseCount, 200)
    .option('--keys <COUNT>', 'number of keys', parseCount, 40)
    .option('--seed <NUMBER>', 'repeats the plan of an earlier run', parseCount, Date.now() % 100_000)
    .option('--minutes <COUNT>', 'time limit for the whole run', parseCount, 10)
    .addHelpText('after', help)
    .parse()
    .opts<{ uploads: number; keys: number; seed: number; minutes: number }>();

  console.log(`${uploads} uploads over ${keys} keys, seed ${seed}`);
  const library = await readLibrary(pictures.map((name) => join(root, 'test/goldens/images', name)));
  const options = {
    uploads,
    keys,
    instances: 3,
    killEvery: 12,
    random: randomFrom(seed),
    timeoutMs: minutes * 60_000,
  };
  const { outcome, mistreated, killed, duplicated, redriven } = await runChaos(options, library);
  const deletions = outcome.steps.filter(({ kind }) => kind === 'delete').length;
  const requests = Object.entries(mistreated).map(([name, count]) => `${count} ${name}`);
  console.log(
    `${deletions} deletions, ${duplicated} notifications delivered twice, ${killed} functions killed`,
  );
  console.log(`requests: ${requests.join(', ')}`);
  console.log(`${outcome.events.length} events, ${redriven} dead letters sent again`);

  const disorder = findDisorder(outcome);
  console.log(`not as it should be: ${disorder.length === 0 ? 'nothing' : disorder.length}`);
  for (const { kind, key, found } of disorder) console.log(`  ${kind}: ${key}: ${found}`);
  if (disorder.length > 0) process.exitCode = 1;
}

function parseCount(value: string): number {
  if (!/^[1-9]\d{0,5}$/.test(value)) throw new InvalidArgumentError('Expected a number from 1 to 999999.');
  return Number(value);
}

await main();
