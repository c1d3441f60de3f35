import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { type IVpc, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Key } from 'aws-cdk-lib/aws-kms';
import { describe, expect, it } from 'vitest';
import { BucketlensStack } from '../../cdk/app/stack.ts';
import { prices } from '../../layers/prices.ts';
import { createApp, statementsOf, synthesize } from '../support/synthesis.ts';

const root = join(import.meta.dirname, '../..');
function read(name: string) {
  return readFileSync(join(root, name), 'utf8');
}

describe('docs/operations.md', () => {
  const operations = read('docs/operations.md');
  const stack = () => Template.fromStack(new BucketlensStack(createApp(), 'Bucketlens'));

  it('lists every permission of every role', () => {
    const { template } = synthesize((scope) => ({
      trigger: 'sqs',
      tracing: true,
      queryable: true,
      writeBack: ['metadata', 'annotation', 'tags'],
      encryptionKey: new Key(scope, 'Key'),
      vpc: new Vpc(scope, 'Vpc') as IVpc,
    }));
    const actions: string[] = ['LabelsRole', 'LabelsBackfillRole', 'LabelsBucketAnnotationTableRole'].flatMap(
      (role) => statementsOf(template, role).flatMap(({ Action }: { Action: string | string[] }) => Action),
    );

    const [, rights] = operations.split('## Rights\n');
    expect(actions.length).toBeGreaterThan(30);
    expect(actions.filter((action) => !rights!.includes(`\`${action}\``))).toEqual([]);
    const named = [...rights!.matchAll(/`((?:ec2|s3|kms|events|logs|sqs|xray|lambda):\w+)`/g)];
    expect(named.map(([, action]) => action).filter((action) => !actions.includes(action!))).toEqual([]);
  });

  it('lists every alarm and the right cost of alarms, dashboard and metrics', () => {
    const alarms = Object.entries(stack().findResources('AWS::CloudWatch::Alarm'));
    const watched = alarms.reduce(
      (sum, [, { Properties }]) =>
        sum +
        (Properties.Metrics?.filter(({ MetricStat }: { MetricStat?: object }) => MetricStat).length ?? 1),
      0,
    );

    for (const [id] of alarms)
      expect(operations).toContain(`| \`${id.replace(/^Labels|[0-9A-F]{8}$/g, '')}\` |`);
    const dollars = (value: number) => value.toFixed(2);
    const { perAlarm, perDashboard, perCustomMetric } = prices.cloudWatch;
    expect(operations).toContain(`look at ${watched} metrics | ${dollars(watched * perAlarm)} |`);
    expect(operations).toContain(`| the dashboard | ${dollars(perDashboard)} |`);
    expect(operations).toContain(`| ten metrics | ${dollars(10 * perCustomMetric)} |`);
    expect(operations).toContain(`At the prices of ${prices.region}, ${prices.date}`);
  });

  it('shows the log queries of the dashboard', () => {
    const [body] = Object.values(stack().findResources('AWS::CloudWatch::Dashboard')).map(({ Properties }) =>
      JSON.stringify(Properties.DashboardBody).replaceAll('\\', ''),
    );
    const asked = (query: string) => body!.includes(query.replaceAll(' | ', 'n| '));

    for (const query of [
      'filter message = "rejected" | fields error.name as reason | stats count(*) as uploads by reason',
      'filter message = "classified" | fields predictions.0.label as label, predictions.0.score as score | stats count(*) as images, avg(score) as meanScore by label | sort images desc',
    ]) {
      expect(operations).toContain(query);
      expect(asked(query)).toBe(true);
    }
  });
});
