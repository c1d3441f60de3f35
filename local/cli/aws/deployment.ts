/** A deployed stack, as its outputs describe it. */
import { type CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import * as v from 'valibot';

/** No stack that can be worked with; the message says what was looked for and what to do. */
export class UnusableStack extends Error {
  override readonly name = 'UnusableStack';
}

// As cdk/app/stack.ts writes them.
const outputsSchema = v.object({
  BucketName: v.string(),
  FunctionArn: v.string(),
  BackfillRoleArn: v.string(),
  BackfillReportsBucketName: v.string(),
  /** A name or an ARN. */
  EventBusName: v.exactOptional(v.string(), 'default'),
  /** What the keys of labelled objects start with. */
  KeyPrefix: v.exactOptional(v.string(), ''),
  /** What they end in, one of these. */
  KeySuffixes: v.exactOptional(
    v.pipe(
      v.string(),
      v.transform((list) => list.split(',').filter((suffix) => suffix !== '')),
    ),
    '',
  ),
});

export type Deployment = v.InferOutput<typeof outputsSchema>;

/** @throws UnusableStack if there is none of that name, or if it is not one of ours. */
export async function findDeployment(
  cloudFormation: CloudFormationClient,
  stackName: string,
): Promise<Deployment> {
  const { Stacks: [stack] = [] } = await cloudFormation
    .send(new DescribeStacksCommand({ StackName: stackName }))
    .catch((error: Error) => {
      if (error.name === 'ValidationError' && /does not exist/.test(error.message)) return { Stacks: [] };
      throw error;
    });
  if (!stack) {
    const region = await cloudFormation.config.region();
    throw new UnusableStack(
      `no stack ${stackName} in ${region}: --stack names another one, AWS_REGION and AWS_PROFILE another place`,
    );
  }
  const outputs = Object.fromEntries(
    (stack.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]),
  );
  const result = v.safeParse(outputsSchema, outputs);
  if (result.success) return result.output;
  throw new UnusableStack(
    `the stack ${stackName} has no output ${v.getDotPath(result.issues[0])}: deploy it again if it is an older Bucketlens, or name another with --stack`,
  );
}
