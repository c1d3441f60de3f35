/** Synthesizes an ImageClassifier with the given properties and the flags of cdk.json. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack, type StackProps } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { ImageClassifier, type ImageClassifierProps } from '../../cdk/constructs/image-classifier.ts';

const cdkJson = JSON.parse(readFileSync(join(import.meta.dirname, '../../cdk.json'), 'utf8'));
const { model: _, ...flags } = cdkJson.context;

/** Fingerprints assets in place instead of copying them: a template needs no more. */
export function createApp(context: Record<string, unknown> = {}): App {
  return new App({ context: { ...flags, 'aws:cdk:disable-asset-staging': true, ...context } });
}

export type PropsOf = (stack: Stack) => ImageClassifierProps;

export function synthesize(
  props: PropsOf = () => ({}),
  use: (classifier: ImageClassifier) => unknown = () => {},
) {
  const stack = new Stack(createApp(), 'Test');
  const classifier = new ImageClassifier(stack, 'Labels', props(stack));
  use(classifier);
  return { classifier, template: Template.fromStack(stack) };
}

/** Synthesizes a stack with given constructs. */
export function templateOf(app: App, fill: (stack: Stack) => unknown, props: StackProps = {}) {
  const stack = new Stack(app, 'Test', props);
  fill(stack);
  return { stack, template: Template.fromStack(stack) };
}

/** The only resource of a type, ignoring the CDK's notification function and the bucket for reports. */
export function only(template: Template, type: string) {
  const found = Object.entries(template.findResources(type)).filter(
    ([id]) => !id.startsWith('BucketNotificationsHandler') && !id.startsWith('LabelsBackfill'),
  );
  if (found.length !== 1)
    throw new Error(`${found.length} resources of type ${type}: ${found.map(([id]) => id)}`);
  const [id, { Properties: properties, ...attributes }] = found[0]!;
  return { id, properties, attributes };
}

/** The logical id of the classifier's function. */
export function functionId(template: Template): string {
  return Object.keys(template.findResources('AWS::Lambda::Function')).find((id) =>
    id.startsWith('LabelsFunction'),
  )!;
}

/** The policy statements of the function's role. */
export function statementsOf(template: Template, role = 'LabelsRole') {
  const policies = Object.entries(template.findResources('AWS::IAM::Policy'));
  return policies.find(([id]) => id.startsWith(role))![1].Properties.PolicyDocument.Statement;
}

export function statementWith(template: Template, action: string) {
  return statementsOf(template).find(({ Action }: { Action: string | string[] }) =>
    [Action].flat().includes(action),
  );
}
