/** A stack with a weighted deployment invokes the alias, which moves to a new version and back. */
import assert from 'node:assert/strict';
import { HeadObjectCommand } from '@aws-sdk/client-s3';
import type { Stage } from '../check.ts';
import type { DeployedStack } from '../deployed-stack.ts';
import { bucketlens, cdkDeploy, createDeployment } from '../deployment.ts';
import type { Emulator } from '../emulator.ts';
import { eventually } from '../eventually.ts';
import { catPhoto } from '../pictures.ts';
import type { Uploader } from '../uploaders.ts';

interface Subject {
  readonly emulator: Emulator;
  readonly stack: Pick<DeployedStack, 's3' | 'aws'>;
  readonly uploader: Uploader;
  readonly runFolder: string;
  /** Settings of both deployments. */
  readonly settings: Readonly<Record<string, string>>;
  /** Creates the folder of a model named `my-cats`. */
  readonly createModel: () => Promise<string>;
}

export function aliasChecks({ emulator, stack, uploader, runFolder, settings, createModel }: Subject): Stage {
  const deployCommand = [...cdkDeploy, '--app', 'node --import tsx test/e2e/weighted-app.ts'] as const;
  const app = { folder: bucketlens.folder, stackName: 'Weighted', deployCommand };
  const deployment = createDeployment(emulator, app, runFolder);
  const deploy = (model: string) =>
    deployment.deploy({ ...settings, model, deploymentConfig: 'ALL_AT_ONCE' });
  const alias = (command: 'get-alias' | 'update-alias', ...args: string[]) => {
    const name = ['--function-name', deployment.output('FunctionName'), '--name', 'live'];
    return stack.aws('lambda', command, ...name, ...args, '--query', 'FunctionVersion');
  };
  const expectLabelsBy = async (model: string, key: string) => {
    const bucket = deployment.output('BucketName');
    await uploader.upload(catPhoto, bucket, key);
    const labelledBy = await eventually(`labels of ${key}`, async () => {
      const { Metadata } = await stack.s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
      return Metadata?.['labels-model'];
    });
    assert.match(labelledBy, new RegExp(`^${model}/`));
  };

  return [
    {
      name: 'cdk deploy: a weighted deployment, without CodeDeploy, which the emulator lacks',
      run: () => deploy('efficientnet-lite0'),
    },
    {
      name: 'S3 invokes the alias live, which labels',
      run: async () => {
        const bucket = ['--bucket', deployment.output('BucketName')];
        const query = ['--query', 'LambdaFunctionConfigurations[].LambdaFunctionArn'];
        assert.equal(
          await stack.aws('s3api', 'get-bucket-notification-configuration', ...bucket, ...query),
          deployment.output('AliasArn'),
        );
        assert.equal(await alias('get-alias'), '1');
        await expectLabelsBy('efficientnet-lite0', 'first.png');
      },
    },
    {
      name: 'another model is a new version of the function; update-alias returns to the old one',
      run: async () => {
        await deploy(await createModel());
        assert.equal(await alias('get-alias'), '2');
        await expectLabelsBy('my-cats', 'second.png');

        assert.equal(await alias('update-alias', '--function-version', '1'), '1');
        await expectLabelsBy('efficientnet-lite0', 'third.png');
      },
    },
  ];
}
