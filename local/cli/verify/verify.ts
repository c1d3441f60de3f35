/** bucketlens verify: tries every promise on a deployed stack, with objects of its own. */
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { S3ControlClient } from '@aws-sdk/client-s3-control';
import { SQSClient } from '@aws-sdk/client-sqs';
import { type Command, InvalidArgumentError } from 'commander';
import { findDeployment } from '../aws/deployment.ts';
import { createCommand } from '../command.ts';
import { startProgress } from '../progress.ts';
import type { Finding } from './check.ts';
import { allChecks } from './checks/list.ts';
import { createRedaction } from './redact.ts';
import { createReport, describeFinding, summarize } from './report.ts';
import { type Choice, chooseChecks, runChecks } from './run-checks.ts';
import { withTarget } from './session.ts';
import type { Clients, Target } from './target.ts';

const help = `
Examples:
  npx bucketlens verify
  npx bucketlens verify --stack Photos --all --json > verify.json     to attach to a bug report
  npx bucketlens verify second-upload-wins no-loop                    these checks only

Uploads some 50 objects below a prefix of its own, bucketlens-verify-…, in the stack's bucket, and creates an EventBridge rule
and an SQS queue of that name. Removes all of it at the end, on Ctrl-C, and what a killed run has left after 15 minutes. A run
costs about a cent; --all adds a job of S3 Batch Operations for $0.25.

Checks:
${allChecks.map(({ id, promise }) => `  ${id.padEnd(24)} ${promise}`).join('\n')}

--json names no account, no bucket and no key of yours.

Exit code: 0 if no check says no, 1 if one does or the run failed, 2 on wrong usage.`;

export function verifyCommand(): Command {
  return createCommand('verify')
    .description('Tries on a deployed stack what these docs promise.')
    .argument('[CHECK...]', 'names of checks; all if none is given', collectName)
    .option('--stack <NAME>', 'name of the deployed stack', 'Bucketlens')
    .option('--all', 'also run checks of what is not switched on, and a job of S3 Batch Operations')
    .option('--keep', 'keep the objects, for a look at them')
    .option('--json', 'print one JSON object, without anything that names your account')
    .addHelpText('after', help)
    .action(verify);
}

function collectName(name: string, names: readonly string[] = []): readonly string[] {
  if (!allChecks.some(({ id }) => id === name))
    throw new InvalidArgumentError('There is no such check; --help lists them.');
  return [...names, name];
}

interface Options {
  readonly stack: string;
  readonly all?: true;
  readonly keep?: true;
  readonly json?: true;
}

async function verify(names: readonly string[] = [], { stack, all, keep, json }: Options): Promise<void> {
  const deployment = await findDeployment(new CloudFormationClient({ requestHandler }), stack);
  const clients = createClients();
  const log = (sentence: string) => console.error(sentence);
  const choice: Choice = { names, all: all ?? false };
  await withTarget({ clients, deployment, keep: keep ?? false, log }, async (target) => {
    const findings = await (json ? findWithProgress(target, choice) : findAndPrint(target, choice));
    if (findings.some(({ outcome }) => outcome === 'no')) process.exitCode = 1;
    if (!json) return;
    const region = await clients.s3.config.region();
    const redact = createRedaction(deployment, { prefix: target.prefix, stack });
    console.log(JSON.stringify(redact(createReport({ ...target, region }, findings)), undefined, 2));
  });
}

// Longer than a long poll, which is silent for up to 20 seconds.
const requestHandler = { connectionTimeout: 5000, socketTimeout: 60_000 };

function createClients(): Clients {
  const options = { requestHandler };
  return {
    s3: new S3Client(options),
    s3Control: new S3ControlClient(options),
    lambda: new LambdaClient(options),
    logs: new CloudWatchLogsClient(options),
    eventBridge: new EventBridgeClient(options),
    // A queue's URL may name another host than the configured endpoint.
    sqs: new SQSClient({ ...options, useQueueUrlAsEndpoint: false }),
  };
}

async function findAndPrint(target: Target, choice: Choice): Promise<Finding[]> {
  const findings: Finding[] = [];
  for await (const finding of runChecks(chooseChecks(allChecks, choice), target, choice)) {
    console.log(describeFinding(finding));
    findings.push(finding);
  }
  console.log(`\n${summarize(findings)}`);
  return findings;
}

async function findWithProgress(target: Target, choice: Choice): Promise<Finding[]> {
  const checks = chooseChecks(allChecks, choice);
  const progress = startProgress('{value} of {total} checks');
  const findings: Finding[] = [];
  try {
    for await (const finding of runChecks(checks, target, choice))
      progress.update(findings.push(finding), checks.length);
  } finally {
    progress.end();
  }
  return findings;
}
