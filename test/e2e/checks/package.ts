/** Uses the npm package as a stranger does: in another CDK app, with nothing of this repository but the tarball. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { buildPackage } from '../../../package/build.ts';
import { installApp } from '../../package/install.ts';
import type { Stage } from '../check.ts';
import type { DeployedStack } from '../deployed-stack.ts';
import { cdkDeploy, createDeployment, type Deployment } from '../deployment.ts';
import type { Emulator } from '../emulator.ts';
import { eventually } from '../eventually.ts';
import { cacheDir } from '../folders.ts';
import { nodeBinary } from '../node-binaries.ts';
import { catPhoto } from '../pictures.ts';
import { receiveAll } from '../predictions.ts';
import { run } from '../processes.ts';

export function packageChecks(
  emulator: Emulator,
  { s3, sqs }: Pick<DeployedStack, 's3' | 'sqs'>,
  runFolder: string,
): Stage {
  let deployment: Deployment;
  let program: string;
  return [
    {
      name: 'npm run package, npm install in another CDK app, cdk deploy',
      run: async () => {
        const parent = join(runFolder, 'package');
        const folder = installApp(await buildPackage(parent), parent);
        program = join(folder, 'node_modules/bucketlens/program/cli.js');
        const app = { folder, stackName: 'Photos', deployCommand: cdkDeploy };
        deployment = createDeployment(emulator, app, runFolder);
        await deployment.deploy({ architecture: 'x86_64' });
      },
    },
    {
      name: "labels what is uploaded to that app's bucket, and brings the event to its queue",
      run: async () => {
        const object = { Bucket: deployment.output('BucketName'), Key: 'photos/cat.png' };
        await s3.send(new PutObjectCommand({ ...object, Body: await readFile(catPhoto) }));
        const [event] = await eventually('an event', async () => {
          const events = await receiveAll(sqs, deployment.output('IndexUrl'));
          return events.length > 0 ? events : undefined;
        });
        const { detail } = JSON.parse(event!);
        assert.equal(detail.key, object.Key);
        assert.equal(detail.predictions[0].label, 'tiger_cat');
        const { Metadata } = await s3.send(new HeadObjectCommand(object));
        assert.match(Metadata?.labels ?? '(no labels)', /^tiger_cat=/);
      },
    },
    ...(['20.18.0', 24] as const).map((version) => ({
      name: `the package's program labels, converts and explains on Node.js ${version}, an end of its range`,
      run: async () => {
        const node = await nodeBinary('x64', version, cacheDir);
        const options = {
          env: { ...emulator.environment, HOME: runFolder },
          cwd: runFolder,
          timeoutMs: 120_000,
        };
        const bucketlens = (...args: string[]) => run(node, [program, ...args], options);

        const { predictions } = JSON.parse(await bucketlens('classify', '--json', catPhoto));
        assert.equal(predictions[0].label, 'tiger_cat');
        const network = join(dirname(program), '../layers/model-open-nsfw/model/open-nsfw-fp16.onnx');
        await bucketlens('model', `node-${version}`, '--from', network, '--json');
        const own = JSON.parse(
          await bucketlens('classify', '--json', '--model', `node-${version}`, catPhoto),
        );
        assert.equal(own.predictions[0].label, 'sfw');
        assert.match(await bucketlens('deploy', '--help'), /Usage: bucketlens deploy/);
      },
    })),
  ];
}
