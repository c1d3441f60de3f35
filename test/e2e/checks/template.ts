/** The stack as a CloudFormation template, deployed by the AWS CLI as the page says, without the CDK. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { HeadObjectCommand } from '@aws-sdk/client-s3';
import type { Stage } from '../check.ts';
import type { DeployedStack } from '../deployed-stack.ts';
import { bucketlens } from '../deployment.ts';
import type { Emulator } from '../emulator.ts';
import { eventually } from '../eventually.ts';
import { catPhoto } from '../pictures.ts';
import { run } from '../processes.ts';

const stackName = 'FromTemplate';

export function templateChecks(
  { environment }: Emulator,
  { aws, s3 }: Pick<DeployedStack, 'aws' | 's3'>,
  runFolder: string,
  settings: Readonly<Record<string, string>>,
): Stage {
  const folder = join(runFolder, 'template');
  const packaged = join(runFolder, 'packaged.yaml');
  const template = ['--template-file', join(folder, 'template.json')];
  return [
    {
      name: 'npx bucketlens template; aws cloudformation package and deploy',
      run: async () => {
        const given = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
        const program = join(bucketlens.folder, 'bin/bucketlens.js');
        await run(process.execPath, [program, 'template', '-o', folder, ...given], {
          env: environment,
          timeoutMs: 240_000,
        });
        await aws('s3', 'mb', 's3://my-assets');
        const bucket = ['--s3-bucket', 'my-assets', '--output-template-file', packaged];
        await aws('cloudformation', 'package', ...template, ...bucket);
        const stack = ['--stack-name', stackName, '--capabilities', 'CAPABILITY_IAM'];
        await aws(
          'cloudformation',
          'deploy',
          '--template-file',
          packaged,
          ...stack,
          '--s3-bucket',
          'my-assets',
        );
      },
    },
    {
      name: "labels what is uploaded to that stack's bucket",
      run: async () => {
        const query = "Stacks[0].Outputs[?OutputKey=='BucketName'].OutputValue";
        const bucket = await aws(
          'cloudformation',
          'describe-stacks',
          '--stack-name',
          stackName,
          '--query',
          query,
        );
        await aws('s3', 'cp', catPhoto, `s3://${bucket}/cat.png`);
        const labels = await eventually('labels', async () => {
          const { Metadata } = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: 'cat.png' }));
          return Metadata?.labels;
        });
        assert.match(labels, /^tiger_cat=/);
      },
    },
  ];
}
