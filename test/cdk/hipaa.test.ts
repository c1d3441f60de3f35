import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LambdaDeploymentConfig } from 'aws-cdk-lib/aws-codedeploy';
import { type IVpc, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Key } from 'aws-cdk-lib/aws-kms';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { HIPAASecurityChecks } from 'cdk-nag';
import { describe, expect, it } from 'vitest';
import { ImageClassifier, type ImageClassifierProps } from '../../cdk/constructs/image-classifier.ts';
import { createApp, templateOf } from '../support/synthesis.ts';

/** The names of the rules that find something in resources of the classifier. */
function findingsIn(
  props: (scope: ImageClassifier['node']['scope'] & object) => ImageClassifierProps,
  email?: string,
) {
  const { stack } = templateOf(createApp(), (scope) => {
    const labels = new ImageClassifier(scope, 'Labels', props(scope));
    labels.addAlarms(email === undefined ? {} : { email });
  });
  const { violations } = new HIPAASecurityChecks(stack).validateScope(stack);
  return violations
    .map(({ ruleName, violatingResources }) => ({
      rule: ruleName.replace('HIPAA.Security-', ''),
      paths: violatingResources
        .map(({ constructPath = '' }) => constructPath)
        .filter((path) => path.startsWith('Test/Labels')),
    }))
    .filter(({ paths }) => paths.length > 0);
}

describe("cdk-nag's HIPAA rules", () => {
  it('find only what docs/your-own-stack.md explains', () => {
    const page = readFileSync(join(import.meta.dirname, '../../docs/your-own-stack.md'), 'utf8');
    const [, section] = page.split('## cdk-nag');
    const explained = [...section!.split('\n## ')[0]!.matchAll(/^\| (`[^|]+) \|/gm)].flatMap(([, names]) =>
      [...names!.matchAll(/`(\w+)`/g)].map(([, name]) => name),
    );

    expect(
      findingsIn(() => ({}))
        .map(({ rule }) => rule)
        .sort(),
    ).toEqual(explained.sort());
  });

  it('are met by the properties that the page names, except in the reports bucket', () => {
    const findings = findingsIn(
      (scope) => ({
        vpc: new Vpc(scope, 'Vpc') as IVpc,
        logGroup: new LogGroup(scope, 'Logs', { encryptionKey: new Key(scope, 'LogKey') }),
        encryptionKey: new Key(scope, 'Key'),
        versioned: true,
        reservedConcurrency: 20,
      }),
      'ops@example.com',
    );

    const left = findings.filter(({ paths }) => paths.some((path) => !path.includes('/BackfillReports/')));
    expect(left.map(({ rule }) => rule).sort()).toEqual([
      'IAMNoInlinePolicy',
      'LambdaDLQ',
      'S3BucketLoggingEnabled',
      'S3BucketReplicationEnabled',
    ]);
  });

  it('find an alarm without an action in a weighted deployment, which the page explains', () => {
    const findings = findingsIn(
      () => ({ deploymentConfig: LambdaDeploymentConfig.ALL_AT_ONCE }),
      'ops@example.com',
    );

    expect(findings.find(({ rule }) => rule === 'CloudWatchAlarmAction')?.paths).toEqual([
      'Test/Labels/RollbackAlarm/Resource',
    ]);
  });
});
