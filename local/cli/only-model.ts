/** Another model for the deployed stack: the settings of its last deployment, with this one changed. */
import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import * as v from 'valibot';
import { readOutputs, UnusableStack } from './aws/deployment.ts';
import { shellWord } from './command.ts';

// The app in cdk/app creates this stack, and records the settings in its output.
const stackName = 'Bucketlens';
const recordSchema = v.pipe(v.string(), v.parseJson(), v.looseObject({ model: v.string() }));

export type RecordedSettings = v.InferOutput<typeof recordSchema>;

/**
 * Reads the settings of the stack's last deployment.
 *
 * @throws UnusableStack if there is no stack, or it has not recorded its settings.
 */
export async function readSettings(cloudFormation: CloudFormationClient): Promise<RecordedSettings> {
  const outputs = await readOutputs(cloudFormation, stackName);
  if (!outputs) {
    throw new UnusableStack(
      `there is no stack ${stackName} in ${await cloudFormation.config.region()}; choose another region or account with AWS_REGION and AWS_PROFILE, or create the stack: npx bucketlens deploy -c model=NAME`,
    );
  }
  const result = v.safeParse(recordSchema, outputs.Settings);
  if (result.success) return result.output;
  throw new UnusableStack(
    `the stack ${stackName} has not recorded its settings (an older Bucketlens, or settings of more than 4 KB); deploy it with all its settings instead: npx bucketlens deploy -c model=NAME -c …`,
  );
}

/** @returns A sentence about an option that would change other settings, or deploy to another place than was read. */
export function describeContradiction(args: readonly string[]): string | undefined {
  if (args.some((arg) => /^(-c.*|--context(=.*)?)$/.test(arg))) {
    return '--only-model changes no setting but the model; to change others too, give all of them with -c, and the model as -c model=NAME';
  }
  const place = args.find((arg) => /^--(profile|region)(=.*)?$/.test(arg))?.replace(/=.*/, '');
  return place && `with --only-model, set AWS_PROFILE and AWS_REGION instead of ${place}`;
}

/** The options that give the app these settings and no others. */
export function settingsOption(settings: RecordedSettings): readonly string[] {
  return ['-c', `bucketlens:settings=${JSON.stringify(settings)}`];
}

/** Names both models, and the command that brings the old one back. */
export function describeChange(before: string, after: string): string {
  if (before === after) return `\nThe model is ${after}, as before.`;
  return `\nThe model is now ${after}. To return to ${before}: npx bucketlens deploy --only-model ${shellWord(before)}`;
}
