/** Draws the stack's resources and their references, read from its template, as a Mermaid flowchart. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { BucketlensStack } from '../../cdk/app/stack.ts';

/** The resource types that are drawn, with their names. Roles, policies and permissions become lines. */
const kinds: Readonly<Record<string, string>> = {
  'AWS::S3::Bucket': 'S3 bucket',
  'AWS::Lambda::Function': 'Lambda function',
  'AWS::Lambda::LayerVersion': 'Lambda layer',
  'AWS::SQS::Queue': 'SQS queue',
  'AWS::Logs::LogGroup': 'log group',
  'AWS::CloudWatch::Alarm': 'alarm',
  'AWS::CloudWatch::Dashboard': 'dashboard',
};

interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}
type Resources = Readonly<Record<string, Resource>>;
type Edge = readonly [from: string, to: string, label: string];

export function stackDiagram(): string {
  const resources = synthesizeResources();
  const ids = Object.keys(resources).filter((id) => resources[id]!.Type in kinds && !isOfCdk(id));
  const edges = [
    ...uploads(resources),
    ...rights(resources),
    ...failures(resources),
    ...ids.flatMap((id) => referencesIn(resources[id]).map((to): Edge => [id, to, ''])),
  ].filter(([from, to]) => from !== to && [from, to].every((id) => ids.includes(id) || id === defaultBus));
  const labelled = edges.filter(([, , label]) => label);
  const isLabelled = ([from, to]: Edge) => labelled.some((edge) => edge[0] === from && edge[1] === to);
  const drawn = edges.filter((edge) => edge[2] || !isLabelled(edge));
  const lines = drawn.map(([from, to, label]) => `  ${from} -->${label && `|${label}|`} ${to}`);
  return [
    'flowchart LR',
    ...ids.map((id) => `  ${id}["${nameOf(id)}<br><small>${kinds[resources[id]!.Type]}</small>"]`),
    `  ${defaultBus}["default<br><small>event bus</small>"]`,
    ...new Set(lines),
  ].join('\n');
}

const defaultBus = 'EventBus';

function synthesizeResources(): Resources {
  const { context } = JSON.parse(readFileSync(join(import.meta.dirname, '../../cdk.json'), 'utf8'));
  const app = new App({ context: { ...context, 'aws:cdk:disable-asset-staging': true } });
  // Any network gives the same picture; this one is always available.
  const classifier = { model: 'efficientnet-lite0' };
  return Template.fromStack(new BucketlensStack(app, 'Bucketlens', { classifier })).toJSON().Resources;
}

/** True for the CDK's own function, which sets a bucket's notifications during the deployment. */
function isOfCdk(id: string): boolean {
  return id.startsWith('BucketNotificationsHandler');
}

/** The id without the suffix that the CDK adds and without the construct's name. */
function nameOf(id: string): string {
  return id.replace(/[0-9A-F]{8}$/, '').replace(/^Labels/, '');
}

function ofType(resources: Resources, type: string): Resource[] {
  return Object.values(resources).filter(({ Type }) => Type === type);
}

function uploads(resources: Resources): Edge[] {
  return ofType(resources, 'Custom::S3BucketNotifications').flatMap(({ Properties }) => {
    const [bucket = ''] = referencesIn(Properties.BucketName);
    return referencesIn(Properties.NotificationConfiguration).map((to): Edge => [bucket, to, 'uploads']);
  });
}

/** An edge from each holder of a role to each resource that the role's policy names. */
function rights(resources: Resources): Edge[] {
  return ofType(resources, 'AWS::IAM::Policy').flatMap(({ Properties }) => {
    const roles = referencesIn(Properties.Roles);
    const holders = Object.keys(resources).filter((id) =>
      referencesIn(resources[id]!.Properties.Role).some((role) => roles.includes(role)),
    );
    return holders.flatMap((holder) => {
      const toBus: Edge[] = JSON.stringify(Properties).includes('events:PutEvents')
        ? [[holder, defaultBus, 'predictions']]
        : [];
      return [...referencesIn(Properties.PolicyDocument).map((to): Edge => [holder, to, '']), ...toBus];
    });
  });
}

function failures(resources: Resources): Edge[] {
  return ofType(resources, 'AWS::Lambda::EventInvokeConfig').flatMap(({ Properties }) => {
    const [from = ''] = referencesIn(Properties.FunctionName);
    return referencesIn(Properties.DestinationConfig).map((to): Edge => [from, to, 'failures']);
  });
}

/** The resources that a value references by `Ref` or `Fn::GetAtt`, at any depth. */
function referencesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    if (key === 'Ref') return [String(inner)];
    if (key === 'Fn::GetAtt' && Array.isArray(inner)) return [String(inner[0])];
    return referencesIn(inner);
  });
}
