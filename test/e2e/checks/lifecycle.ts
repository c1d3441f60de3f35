/** Creates, updates and deletes the stack as its operator does. */
import assert from 'node:assert/strict';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Check } from '../check.ts';
import type { DeployedStack } from '../deployed-stack.ts';
import type { Deployment } from '../deployment.ts';

/** A model folder of the operator: the embedded network with another name, giving three labels. */
export async function createModel(folder: string): Promise<string> {
  await cp(join(import.meta.dirname, '../../../layers/model/efficientnet-lite0'), folder, {
    recursive: true,
  });
  const path = join(folder, 'model.json');
  const manifest = JSON.parse(await readFile(path, 'utf8'));
  await writeFile(path, JSON.stringify({ ...manifest, name: 'my-cats', topK: 3 }));
  return folder;
}

/** @param label Uploads a photo and expects labels by this model. */
export function onlyModelCheck(
  deployment: Deployment,
  label: (model: string, key: string) => Promise<unknown>,
): Check {
  return {
    name: 'npm run deploy -- --only-model: another model, the same settings; the printed command returns to the old one',
    run: async () => {
      const before = JSON.parse(deployment.output('Settings'));
      const functionArn = deployment.output('FunctionArn');
      const said = await deployment.changeModel('efficientnet-lite0');
      const after = JSON.parse(deployment.output('Settings'));
      assert.deepEqual(after, { ...before, model: 'efficientnet-lite0' });
      assert.equal(deployment.output('FunctionArn'), functionArn, 'the function is another');
      await label('efficientnet-lite0', 'only-model/cat.png');

      const [, command] = said.match(/^The model is now efficientnet-lite0\. To return to .*?: (.*)$/m) ?? [];
      assert.ok(command, `there is no command to return in: ${said}`);
      await deployment.runPrinted(command);
      assert.deepEqual(JSON.parse(deployment.output('Settings')), before);
      await label('my-cats', 'only-model/cat again.png');
    },
  };
}

export function destroyCheck(deployment: Deployment, stack: DeployedStack, labelledKey: string): Check {
  return {
    name: 'cdk destroy removes the function, and keeps the bucket with its labelled objects',
    run: async () => {
      await deployment.destroy();
      assert.equal(await deployment.status(), undefined, 'the stack is still there');
      const functions = await stack.aws('lambda', 'list-functions', '--query', 'Functions[].FunctionName');
      assert.equal(functions, '', 'a function is still there');
      const { Metadata } = await stack.head(labelledKey);
      assert.ok(Metadata?.labels, 'the object has lost its labels');
    },
  };
}
