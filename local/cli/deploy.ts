/** bucketlens deploy: builds the model to deploy if it is missing, then runs `cdk deploy` with the user's options. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { Command } from 'commander';
import { publishedWeights } from '../../layers/model/catalogue.ts';
import { findModel, isBuilt, withAbsolutePath } from '../../layers/model/layer.ts';
import { appContext, runBucketlens, runCdk } from './cdk-program.ts';
import { createCommand } from './command.ts';
import { deployedModel, describeIgnored, settingsIn } from './deployed-model.ts';
import { describeChange, describeContradiction, readSettings, settingsOption } from './only-model.ts';

const help = `
Examples:
  npx bucketlens deploy
  npx bucketlens deploy -c bucketName=my-photos -c prefix=incoming/ -c topK=3
  npx bucketlens deploy --outputs-file outputs.json --require-approval never     any option of cdk deploy
  npx bucketlens deploy --only-model dogs

--only-model repeats the last deployment's settings with another model, and prints the command that brings the old one back.
It takes the account and region from AWS_PROFILE and AWS_REGION.

Exit code: cdk deploy's, or 1 if the model could not be built or the deployed settings not be read (nothing was deployed then),
2 on wrong usage.`;

export function deployCommand(): Command {
  return createCommand('deploy')
    .description('Build the model if it is missing, and run `cdk deploy`.')
    .argument('[OPTION...]', 'options of cdk deploy, listed by `npx cdk deploy --help`')
    .option('--only-model <NAME>', 'change the model of the deployed stack, and no other setting')
    .option('--json', "print the stack's outputs as one JSON object, and everything else on stderr")
    .allowUnknownOption()
    .addHelpText('after', help)
    .action(deploy);
}

interface Options {
  readonly onlyModel?: string;
  readonly json?: true;
}

async function deploy(args: string[], { onlyModel, json }: Options, command: Command): Promise<void> {
  const ignored = describeIgnored(args);
  if (ignored) command.error(`error: ${ignored}`);
  if (onlyModel === undefined) {
    process.exitCode = deployConfigured(args, json);
    return;
  }
  const contradiction = describeContradiction(args);
  if (contradiction) command.error(`error: ${contradiction}`);
  process.exitCode = await deployModel(onlyModel, args, json);
}

/** @returns An exit code. */
function deployConfigured(args: readonly string[], json: true | undefined): number {
  const model = deployedModel(args, appContext());
  return (
    (isDownloaded(model) ? checkSettings(args) : 0) ||
    buildIfMissing(model, '-c model=efficientnet-lite0') ||
    deployStack(args, json)
  );
}

function isDownloaded(model: string): boolean {
  return !isBuilt(model) && model in publishedWeights;
}

/**
 * Makes the template with the embedded network in place of the one that is not there, so that a wrong setting is refused before
 * the download.
 *
 * @returns An exit code.
 */
function checkSettings(args: readonly string[]): number {
  const output = mkdtempSync(join(tmpdir(), 'bucketlens-settings-'));
  try {
    const settings = [...settingsIn(args), 'bucketlens:check=true'].flatMap((setting) => ['-c', setting]);
    return runCdk(['synth', '--quiet', '--output', output, ...settings], process.stderr);
  } finally {
    rmSync(output, { recursive: true });
  }
}

/**
 * @param model The new model's name or path.
 * @returns An exit code.
 */
async function deployModel(model: string, args: readonly string[], json: true | undefined): Promise<number> {
  const cloudFormation = new CloudFormationClient();
  const settings = await readSettings(cloudFormation);
  const exitCode = buildIfMissing(model, '--only-model efficientnet-lite0');
  if (exitCode !== 0) return exitCode;
  findModel(model);
  const next = withAbsolutePath(model);
  // The stack is in the region in which it was found, whatever else the CDK would choose.
  process.env.AWS_REGION = await cloudFormation.config.region();
  const deployed = deployStack([...settingsOption({ ...settings, model: next }), ...args], json);
  if (deployed === 0) console.error(describeChange(settings.model, next));
  return deployed;
}

/**
 * @param embedded The option that deploys the embedded network.
 * @returns An exit code; 0 if there was nothing to build.
 */
function buildIfMissing(model: string, embedded: string): number {
  if (!isDownloaded(model)) return 0;
  const exitCode = runBucketlens(['model', model], process.stderr);
  if (exitCode !== 0) {
    console.error(
      `\nNothing was deployed. To deploy the embedded network instead: npx bucketlens deploy ${embedded}`,
    );
  }
  return exitCode;
}

function deployStack(args: readonly string[], json: true | undefined): number {
  return json ? deployForOutputs(args) : runCdk(['deploy', ...args], 'inherit');
}

function deployForOutputs(args: readonly string[]): number {
  const folder = mkdtempSync(join(tmpdir(), 'bucketlens-outputs-'));
  const outputsFile = join(folder, 'outputs.json');
  try {
    const exitCode = runCdk(['deploy', ...args, '--outputs-file', outputsFile], process.stderr);
    if (exitCode === 0) console.log(JSON.stringify(JSON.parse(readFileSync(outputsFile, 'utf8'))));
    return exitCode;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
