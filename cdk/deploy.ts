/** npm run deploy: builds the model that is to be deployed, if it is not there yet, and then runs `cdk deploy` with all arguments. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { publishedWeights } from '../layers/model/catalogue.ts';
import { isBuilt } from '../layers/model/layer.ts';
import { deployedModel } from './deployed-model.ts';

const root = join(import.meta.dirname, '..');
const args = process.argv.slice(2);
const { context } = JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8'));
const model = deployedModel(args, context);

if (!isBuilt(model) && model in publishedWeights && !args.includes('--help')) {
  const exitCode = run(['--import', 'tsx', join(root, 'layers/model/cli.ts'), model]);
  if (exitCode !== 0) {
    console.error(
      '\nNothing was deployed. To deploy the embedded network instead: npm run deploy -- -c model=efficientnet-lite0',
    );
    process.exit(exitCode);
  }
}
process.exit(run([createRequire(import.meta.url).resolve('aws-cdk/bin/cdk'), 'deploy', ...args]));

function run(nodeArgs: readonly string[]): number {
  return spawnSync(process.execPath, nodeArgs, { cwd: root, stdio: 'inherit' }).status ?? 1;
}
