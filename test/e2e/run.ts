/**
 * npm run e2e: deploys the stack with the real CDK to an emulator of AWS on this machine, uses it as people do and prints a table
 * of the checks and their durations. Exit code 1 if a check fails. `npm run e2e -- TEXT…` runs only the checks whose names have
 * one of the texts.
 *
 * Reusable downloads are kept in the cache folder. Nothing else remains, even after a failure or Ctrl-C.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Check, Skipped, selectStages } from './check.ts';
import { openStack } from './deployed-stack.ts';
import { bootstrap, bucketlens, createDeployment } from './deployment.ts';
import { type Emulator, startEmulator } from './emulator.ts';
import { cacheDir, createRunFolder } from './folders.ts';
import { nodeBinary } from './node-binaries.ts';
import { endAll } from './processes.ts';
import { preparePython } from './python.ts';
import { createStages } from './stages.ts';
import { createUploaders } from './uploaders.ts';

type Outcome = 'ok' | 'skipped' | 'FAILED';

if (process.platform !== 'linux' || process.arch !== 'x64') {
  console.error(
    `npm run e2e runs the function on this machine as Lambda does, which requires Linux on x64; this is ${process.platform} on ${process.arch}.`,
  );
  process.exit(1);
}

const runFolder = createRunFolder();
process.env.TMPDIR = join(runFolder, 'tmp');
// npm keeps its own cache and logs.
process.env.npm_config_cache = join(runFolder, 'npm');

let isInterrupted = false;
process.once('SIGINT', () => interrupt(130)).once('SIGTERM', () => interrupt(143));

const outcomes: Outcome[] = [];
try {
  await runStages();
} catch (error) {
  outcomes.push('FAILED');
  if (!isInterrupted) console.error(`\n${(error as Error).name}: ${(error as Error).message}`);
}
if (!isInterrupted) {
  await tidyUp();
  process.exit(outcomes.includes('FAILED') ? 1 : 0);
}

/** @throws Error if there is nothing to run the checks on. */
async function runStages(): Promise<void> {
  console.log(`Kept in ${cacheDir}: Python packages, Node.js\n`);
  const pythonBin = await timed('Python packages: the emulator, boto3, the AWS CLI', preparePython);
  const node = await timed('Node.js 24, as on Lambda', () => nodeBinary('x64', 24, cacheDir));
  const emulator = await timed('the emulator', () => startEmulator({ pythonBin, node, runFolder }));
  if (!emulator.hasOpt) {
    console.log(
      '          (unshare may not mount here: the function finds its layers by settings, not at /opt)',
    );
  }
  await timed('cdk bootstrap', () => bootstrap(emulator, runFolder));
  const deployment = createDeployment(emulator, bucketlens, runFolder);
  const stack = await openStack(emulator, deployment, pythonBin);
  const uploaders = createUploaders(emulator, pythonBin);

  const subject = { emulator, deployment, stack, uploaders, pythonBin, runFolder };
  const stages = selectStages(createStages(subject), process.argv.slice(2));
  if (stages.length === 0) throw new Error(`no check has ${process.argv.slice(2).join(' or ')} in its name`);
  for (const [first, ...others] of stages) {
    const isReady = (await check(first, emulator)) !== 'FAILED';
    for (const other of others) {
      if (isReady) await check(other, emulator);
      else report('skipped', other.name, 0, 'there is no deployment to run it on');
    }
  }
  if (!isInterrupted) console.log(`\n${summary()}`);
}

async function check({ name, run }: Check, { log }: Emulator): Promise<Outcome> {
  const startedMs = performance.now();
  const logged = log().length;
  const [outcome, why]: [Outcome, string?] = await run().then(
    () => ['ok'],
    (error: Error) =>
      error instanceof Skipped
        ? ['skipped', error.message]
        : ['FAILED', [error.message, ...excerpt(log().slice(logged))].join('\n')],
  );
  report(outcome, name, performance.now() - startedMs, why);
  return outcome;
}

/** The end of the log since then, truncated because its lines are whole events and stack traces. */
function excerpt(log: string): string[] {
  const lines = log.split('\n').filter((line) => line !== '');
  return lines.slice(-20).map((line) => `| ${line.slice(0, 300)}`);
}

async function timed<Made>(name: string, make: () => Promise<Made>): Promise<Made> {
  const startedMs = performance.now();
  const made = await make();
  print('ready', name, performance.now() - startedMs);
  return made;
}

function report(outcome: Outcome, name: string, tookMs: number, why?: string): void {
  outcomes.push(outcome);
  print(outcome, name, tookMs, why);
}

function print(status: string, name: string, tookMs: number, why?: string): void {
  // Failures during the shutdown are not findings.
  if (isInterrupted) return;
  console.log(`${(tookMs / 1000).toFixed(1).padStart(6)} s  ${status.padEnd(7)}  ${name}`);
  if (why !== undefined) console.log(why.replaceAll(/^/gm, ' '.repeat(19)));
}

function summary(): string {
  const count = (wanted: Outcome) => outcomes.filter((outcome) => outcome === wanted).length;
  const seconds = Math.round(performance.now() / 1000);
  return `${count('ok')} ok, ${count('skipped')} skipped, ${count('FAILED')} failed, in ${seconds} s`;
}

async function interrupt(exitCode: number): Promise<void> {
  isInterrupted = true;
  console.log('\nInterrupted: stopping all programs');
  await tidyUp();
  process.exit(exitCode);
}

async function tidyUp(): Promise<void> {
  await endAll();
  rmSync(runFolder, { recursive: true, force: true });
}
