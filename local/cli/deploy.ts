/** bucketlens deploy: builds the model to deploy if it is missing, then runs `cdk deploy` with all arguments. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { publishedWeights } from '../../layers/model/catalogue.ts';
import { isBuilt } from '../../layers/model/layer.ts';
import { createCommand } from './command.ts';
import { deployedModel } from './deployed-model.ts';

const help = `
Examples:
  npx bucketlens deploy
  npx bucketlens deploy -c bucketName=my-photos -c prefix=incoming/ -c topK=3
  npx bucketlens deploy --outputs-file outputs.json --require-approval never     any option of cdk deploy

Exit code: cdk deploy's, or 1 if the model could not be built and nothing was deployed.`;

export function deployCommand(): Command {
  return createCommand('deploy')
    .description('Build the model if it is missing, and run `cdk deploy`.')
    .argument('[OPTION...]', 'options of cdk deploy, listed by `npx cdk deploy --help`')
    .option('--json', "print the stack's outputs as one JSON object, and everything else on stderr")
    .allowUnknownOption()
    .addHelpText('after', help)
    .action(deploy);
}

const root = join(import.meta.dirname, '../..');

function deploy(args: string[], { json }: { readonly json?: true }): void {
  process.exitCode = buildModelFor(args) || (json ? deployForOutputs(args) : runCdk(args, 'inherit'));
}

/** @returns An exit code; 0 if there was nothing to build. */
function buildModelFor(args: readonly string[]): number {
  const { context } = JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8'));
  const model = deployedModel(args, context);
  if (isBuilt(model) || !(model in publishedWeights)) return 0;
  const exitCode = run([join(root, 'bin/bucketlens.js'), 'model', model], process.stderr);
  if (exitCode !== 0) {
    console.error(
      '\nNothing was deployed. To deploy the embedded network instead: npx bucketlens deploy -c model=efficientnet-lite0',
    );
  }
  return exitCode;
}

function deployForOutputs(args: readonly string[]): number {
  const folder = mkdtempSync(join(tmpdir(), 'bucketlens-outputs-'));
  const outputsFile = join(folder, 'outputs.json');
  try {
    const exitCode = runCdk([...args, '--outputs-file', outputsFile], process.stderr);
    if (exitCode === 0) console.log(JSON.stringify(JSON.parse(readFileSync(outputsFile, 'utf8'))));
    return exitCode;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function runCdk(args: readonly string[], stdout: Stdout): number {
  return run([createRequire(import.meta.url).resolve('aws-cdk/bin/cdk'), 'deploy', ...args], stdout);
}

type Stdout = 'inherit' | typeof process.stderr;

function run(nodeArgs: readonly string[], stdout: Stdout): number {
  return (
    spawnSync(process.execPath, nodeArgs, { cwd: root, stdio: ['inherit', stdout, 'inherit'] }).status ?? 1
  );
}
