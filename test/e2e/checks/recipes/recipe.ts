/** Deploys an app of `recipes/` as it is, with `cdk deploy` in its folder. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Check } from '../../check.ts';
import { cdkDeploy, createDeployment, type Deployment } from '../../deployment.ts';
import type { Emulator } from '../../emulator.ts';

const root = join(import.meta.dirname, '../../../..');
const thisProcessor = pathToFileURL(join(import.meta.dirname, 'this-processor.ts'));

export interface Recipe {
  readonly output: Deployment['output'];
  readonly deploy: Check;
}

export function createRecipe(name: string, stackName: string, emulator: Emulator, runFolder: string): Recipe {
  const app = {
    folder: join(root, 'recipes', name),
    stackName,
    deployCommand: [...cdkDeploy, '--app', `node --import tsx --import ${thisProcessor} app.ts`] as const,
  };
  const { deploy, output } = createDeployment(emulator, app, runFolder);
  return { output, deploy: { name: `cdk deploy: the recipe ${name}`, run: () => deploy({}) } };
}
