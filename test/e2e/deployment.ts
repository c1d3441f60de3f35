/** Deploys stacks as users do: by the commands of the README, with the real CDK command line. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { type Emulator, region } from './emulator.ts';
import { run } from './processes.ts';

/** A CDK app with one stack. */
export interface CdkApp {
  readonly folder: string;
  readonly stackName: string;
  /** Deploys the stack from the app's folder. */
  readonly deployCommand: readonly [program: string, ...args: string[]];
}

export interface Deployment {
  /** @param settings Given as `-c name=value`. */
  readonly deploy: (settings: Readonly<Record<string, string>>) => Promise<void>;
  /** Changes only the model, with `--only-model`. Returns everything that the command printed. */
  readonly changeModel: (model: string) => Promise<string>;
  /** Runs a command that another deployment has printed. */
  readonly runPrinted: (command: string) => Promise<void>;
  readonly destroy: () => Promise<void>;
  /** An output of the last deployment. */
  readonly output: (name: string) => string;
  /** @returns undefined if there is no stack. */
  readonly status: () => Promise<string | undefined>;
}

// The emulator waits forever for a custom resource that does not answer.
const timeoutMs = 240_000;

export async function bootstrap({ environment }: Emulator, runFolder: string): Promise<void> {
  // Outside of an app's folder, so that no app is synthesized.
  await run(process.execPath, [cdk, 'bootstrap', `aws://000000000000/${region}`, '--no-notices'], {
    ...optionsFor(environment),
    cwd: runFolder,
  });
}

export function createDeployment(
  { clientOptions, environment }: Emulator,
  { folder, stackName, deployCommand: [program, ...args] }: CdkApp,
  runFolder: string,
): Deployment {
  const cloudFormation = new CloudFormationClient(clientOptions);
  let outputs: Readonly<Record<string, string>> = {};
  const describe = async () => {
    const { Stacks: [stack] = [] } = await cloudFormation
      .send(new DescribeStacksCommand({ StackName: stackName }))
      .catch((error: Error) => {
        if (error.name === 'ValidationError') return { Stacks: [] };
        throw error;
      });
    return stack;
  };

  const options = { ...optionsFor(environment), cwd: folder };
  const quietly = ['--no-notices', '--output', join(runFolder, `${stackName}.out`)];
  const unattended = ['--require-approval', 'never', ...quietly];
  const deployBy = async (command: string, given: readonly string[]): Promise<string> => {
    const said = await run(command, [...given], options);
    const stack = await describe();
    outputs = Object.fromEntries(
      (stack?.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]),
    );
    return said;
  };
  const deploy = (...settings: string[]) => deployBy(program, [...args, ...unattended, ...settings]);
  const inShell = (script: string, ...words: string[]) => deployBy('bash', ['-c', script, 'bash', ...words]);
  return {
    deploy: async (settings) => {
      await deploy(...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]));
    },
    changeModel: (model) => inShell('"$@" 2>&1', program, ...args, ...unattended, '--only-model', model),
    runPrinted: async (command) => {
      await inShell(`${command} "$@"`, ...unattended);
    },
    destroy: async () => {
      await run(process.execPath, [cdk, 'destroy', '--force', ...quietly], options);
    },
    output: (name) => outputs[name]!,
    status: async () => (await describe())?.StackStatus,
  };
}

const cdk = createRequire(import.meta.url).resolve('aws-cdk/bin/cdk');

/** Context for apps without a cdk.json. */
export const cdkDeploy = [process.execPath, cdk, 'deploy'] as const;

export const bucketlens: CdkApp = {
  folder: join(import.meta.dirname, '../..'),
  stackName: 'Bucketlens',
  deployCommand: ['npm', 'run', '--silent', 'deploy', '--'],
};

function optionsFor(environment: NodeJS.ProcessEnv) {
  return {
    env: { ...environment, CDK_DISABLE_CLI_TELEMETRY: 'true', CDK_DISABLE_VERSION_CHECK: 'true' },
    timeoutMs,
  };
}
