/** bucketlens template: writes the stack as a CloudFormation template with its assets, for those who do not use the CDK. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { makePortable } from './aws/portable-template.ts';
import { runCdk } from './cdk-program.ts';
import { createCommand, shellWord } from './command.ts';
import { ensureFolder } from './output/folder.ts';

const help = `
Examples:
  npx bucketlens template -o bucketlens -c model=efficientnet-lite0
  aws cloudformation package --template-file bucketlens/template.json --s3-bucket MY-BUCKET --output-template-file packaged.json
  aws cloudformation deploy --template-file packaged.json --stack-name Bucketlens --capabilities CAPABILITY_IAM

The settings are those of \`npx bucketlens deploy\`. A model that is not built is replaced by the embedded one; stderr says so.

Exit code: 0 if the template was written, 1 if not, 2 on wrong usage.`;

export function templateCommand(): Command {
  return createCommand('template')
    .description(
      'Write a CloudFormation template and its assets into a folder, for AWS CLI, SAM or Terraform.',
    )
    .requiredOption('-o, --output <DIR>', 'new or empty folder')
    .option('-c, --context <NAME=VALUE>', 'a setting; repeatable', collect, [])
    .option('--json', 'print the paths of the template and of its assets as one JSON object')
    .addHelpText('after', help)
    .action(writeTemplate);
}

interface Options {
  readonly output: string;
  readonly context: readonly string[];
  readonly json?: true;
}

function collect(value: string, values: readonly string[]): string[] {
  return [...values, value];
}

function writeTemplate({ output, context, json }: Options): void {
  ensureFolder(output, `-o ${output}`);
  if (readdirSync(output).length > 0) throw new Error(`${output} is not empty; name a new folder`);
  const synthesized = mkdtempSync(join(tmpdir(), 'bucketlens-template-'));
  try {
    const settings = context.flatMap((setting) => ['-c', setting]);
    const exitCode = runCdk(['synth', '--quiet', '--output', synthesized, ...settings], process.stderr);
    process.exitCode = exitCode;
    if (exitCode === 0) copyTemplate(synthesized, output, json);
  } finally {
    rmSync(synthesized, { recursive: true });
  }
}

function copyTemplate(synthesized: string, output: string, json: true | undefined): void {
  const read = (name: string) =>
    JSON.parse(readFileSync(join(synthesized, `Bucketlens.${name}.json`), 'utf8'));
  const { template, assets } = makePortable(read('template'), read('assets'));
  for (const [path, source] of assets)
    cpSync(join(synthesized, source), join(output, path), { recursive: true });
  const file = join(output, 'template.json');
  writeFileSync(file, `${JSON.stringify(template, undefined, 2)}\n`);
  if (json) console.log(JSON.stringify({ template: file, assets: [...assets.keys()] }));
  else
    console.log(
      `${file}, with ${assets.size} assets; next: aws cloudformation package --template-file ${shellWord(file)} …`,
    );
}
