/** The CDK context (cdk.json, `-c name=value`) -> the stack's properties. On the command line every value is text. */
import type { Node } from 'constructs';
import * as v from 'valibot';
import { nearest } from '../../functions/classify/nearest.ts';
import { bucketName, keyArn, topicArn } from '../constructs/settings/aws-values.ts';
import { resourceRows, valueRows } from '../constructs/settings/props-schema.ts';
import { parseSettings, settingNames } from '../constructs/settings/read-props.ts';
import { text, yesOrNo } from '../constructs/settings/values.ts';
import type { BucketlensStackProps } from './stack.ts';

const email = text('takes an e-mail address such as you@example.com', /^[^\s@]+@[^\s@]+\.[^\s@]+$/);

const stackRows = {
  bucketName: v.exactOptional(bucketName()),
  encryptionKeyArn: v.exactOptional(keyArn()),
  eventBusName: v.exactOptional(text('takes the name or ARN of an event bus')),
  topicArn: v.exactOptional(topicArn()),
  notifyEmail: v.exactOptional(email),
  alarms: v.exactOptional(yesOrNo()),
  alarmEmail: v.exactOptional(email),
  dashboard: v.exactOptional(yesOrNo()),
} as const;

const stackSchema = v.object(stackRows);
const classifierSchema = v.object(valueRows);
const knownNames = [...settingNames(stackSchema), ...settingNames(classifierSchema)];

/**
 * Returns the settings as they were given. Those of `bucketlens deploy --only-model` replace all others, so that a cdk.json
 * that has changed since the last deployment changes nothing.
 */
export function givenSettings(node: Node): Readonly<Record<string, unknown>> {
  const recorded: unknown = node.tryGetContext('bucketlens:settings');
  if (typeof recorded === 'string') return JSON.parse(recorded);
  return Object.fromEntries(
    Object.entries<unknown>(node.getAllContext()).filter(([name]) => !isCdkContext(name)),
  );
}

/** True where `bucketlens deploy` only checks the settings, before it downloads the model: it prints no sizes then. */
export function isCheck(node: Node): boolean {
  return node.tryGetContext('bucketlens:check') !== undefined;
}

/**
 * Reads every setting that the context holds.
 *
 * @throws InvalidSetting for an unknown name, or for a value that a setting does not take. Context of the CDK itself passes.
 */
export function readContext(node: Node): BucketlensStackProps {
  const given = Object.entries(givenSettings(node));
  const isStackSetting = ([name]: [string, unknown]) => name in stackRows;
  const stack = Object.fromEntries(given.filter(isStackSetting));
  const classifier = nest(given.filter((entry) => !isStackSetting(entry)));
  return {
    ...parseSettings(stackSchema, stack, describeUnknown),
    classifier: parseSettings(classifierSchema, classifier, describeUnknown),
  };
}

/** Feature flags, cached look-ups and the CDK's own options have `:` or `@` in their names, or are listed here. */
function isCdkContext(name: string): boolean {
  return /[:@]/.test(name) || ['acknowledged-issue-numbers', 'cdk-migrate', 'cli-telemetry'].includes(name);
}

/** `{ 'queue.batchSize': 5 }` -> `{ queue: { batchSize: 5 } }` */
function nest(entries: readonly [string, unknown][]): Record<string, unknown> {
  const nested: Record<string, unknown> = {};
  for (const [name, value] of entries) {
    const [outer, inner] = name.split(/\.(.*)/s);
    const isNested = inner !== undefined && knownNames.some((known) => known.startsWith(`${outer}.`));
    nested[isNested ? outer! : name] = isNested ? { ...Object(nested[outer!]), [inner]: value } : value;
  }
  return nested;
}

function describeUnknown(name: string): string {
  const forName = knownNames.find((known) => known === `${name}Name` || known === `${name}Arn`);
  if (name in resourceRows && !forName) {
    return `${name} is not a setting of this stack, only a property of the construct: use it in a stack of your own (docs/your-own-stack.md)`;
  }
  const meant = forName ?? nearest(name, knownNames);
  return `${name} is not a setting; ${meant ? `did you mean ${meant}?` : `the settings are ${knownNames.join(', ')}`}`;
}
