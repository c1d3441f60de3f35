/** Reads a deployed stack's outputs. */
import { type CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import * as v from 'valibot';

/** There is no such stack, or it is not a usable Bucketlens stack. */
export class UnusableStack extends Error {
  override readonly name = 'UnusableStack';
}

// Written by cdk/app/stack.ts.
const outputsSchema = v.object({
  BucketName: v.string(),
  FunctionArn: v.string(),
  /** The alias that jobs invoke, if the stack has a `deploymentConfig`. */
  AliasArn: v.exactOptional(v.string()),
  BackfillRoleArn: v.string(),
  BackfillReportsBucketName: v.string(),
  LogGroupName: v.exactOptional(v.string()),
  DeadLetterQueueUrl: v.exactOptional(v.string()),
  /** The settings of the deployment as JSON, unless they are too long for an output. */
  Settings: v.exactOptional(v.string()),
  /** A name or an ARN. */
  EventBusName: v.exactOptional(v.string(), 'default'),
  /** Key prefix of the objects that the stack labels. */
  KeyPrefix: v.exactOptional(v.string(), ''),
  /** Key suffixes of the objects that the stack labels; empty for any. */
  KeySuffixes: v.exactOptional(
    v.pipe(
      v.string(),
      v.transform((list) => list.split(',').filter((suffix) => suffix !== '')),
    ),
    '',
  ),
});

export type Deployment = v.InferOutput<typeof outputsSchema>;

/** @throws UnusableStack if no stack has this name, or it is not a Bucketlens stack. */
export async function findDeployment(
  cloudFormation: CloudFormationClient,
  stackName: string,
): Promise<Deployment> {
  const outputs = await readOutputs(cloudFormation, stackName);
  if (!outputs) {
    const region = await cloudFormation.config.region();
    throw new UnusableStack(
      `there is no stack ${stackName} in ${region}; choose another with --stack, or another region or account with AWS_REGION and AWS_PROFILE`,
    );
  }
  const result = v.safeParse(outputsSchema, outputs);
  if (result.success) return result.output;
  throw new UnusableStack(
    `the stack ${stackName} has no output ${v.getDotPath(result.issues[0])}; deploy it again if it is an older Bucketlens, or choose another with --stack`,
  );
}

/** @returns undefined if no stack has this name. */
export async function readOutputs(
  cloudFormation: CloudFormationClient,
  stackName: string,
): Promise<Readonly<Record<string, string | undefined>> | undefined> {
  const { Stacks: [stack] = [] } = await cloudFormation
    .send(new DescribeStacksCommand({ StackName: stackName }))
    .catch((error: Error) => {
      if (error.name === 'ValidationError' && /does not exist/.test(error.message)) return { Stacks: [] };
      throw error;
    });
  return (
    stack &&
    Object.fromEntries((stack.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]))
  );
}
