/** The stack as its users deploy it: by the commands of the README, with the real CDK command line. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { type Emulator, region } from './emulator.ts';
import { run } from './processes.ts';

export interface Deployment {
  readonly bootstrap: () => Promise<void>;
  /** @param settings As in `-c name=value`. */
  readonly deploy: (settings: Readonly<Record<string, string>>) => Promise<void>;
  readonly destroy: () => Promise<void>;
  /** An output of the stack, as it was last deployed. */
  readonly output: (name: string) => string;
  /** @returns undefined if there is no stack. */
  readonly status: () => Promise<string | undefined>;
}

// The emulator would wait forever for a custom resource that does not answer.
const timeoutMs = 240_000;

export const createDeployment = (emulator: Emulator, runFolder: string): Deployment => {
  const cloudFormation = new CloudFormationClient(emulator.clientOptions);
  let outputs: Readonly<Record<string, string>> = {};
  const describe = async () => {
    const { Stacks: [stack] = [] } = await cloudFormation
      .send(new DescribeStacksCommand({ StackName: 'Bucketlens' }))
      .catch((error: Error) => {
        if (error.name === 'ValidationError') return { Stacks: [] };
        throw error;
      });
    return stack;
  };

  const options = {
    cwd: repository,
    env: { ...emulator.environment, CDK_DISABLE_CLI_TELEMETRY: 'true', CDK_DISABLE_VERSION_CHECK: 'true' },
    timeoutMs,
  };
  const quietly = ['--no-notices', '--output', join(runFolder, 'cdk.out')];
  return {
    bootstrap: async () => {
      // Elsewhere than in the app's folder, so that it need not be synthesized for this.
      await run(process.execPath, [cdk, 'bootstrap', `aws://000000000000/${region}`, ...quietly], {
        ...options,
        cwd: runFolder,
      });
    },
    deploy: async (settings) => {
      const context = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
      await run(
        'npm',
        ['run', '--silent', 'deploy', '--', '--require-approval', 'never', ...quietly, ...context],
        options,
      );
      const stack = await describe();
      outputs = Object.fromEntries(
        (stack?.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]),
      );
    },
    destroy: async () => {
      await run(process.execPath, [cdk, 'destroy', '--force', ...quietly], options);
    },
    output: (name) => outputs[name]!,
    status: async () => (await describe())?.StackStatus,
  };
};

const repository = join(import.meta.dirname, '../..');
const cdk = createRequire(import.meta.url).resolve('aws-cdk/bin/cdk');
