import { CfnParameter, type Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { Architecture } from 'aws-cdk-lib/aws-lambda';
import { describe, expect, it } from 'vitest';
import type { ImageClassifierProps } from '../../../../cdk/constructs/image-classifier.ts';
import { prices } from '../../../../layers/prices.ts';
import { functionId, only, type PropsOf, synthesize } from '../../../support/synthesis.ts';

interface Widget {
  readonly properties: {
    readonly title: string;
    readonly query?: string;
    readonly metrics?: readonly (string | { readonly [key: string]: unknown })[][];
    readonly setPeriodToTimeRange?: boolean;
  };
}

/** The dashboard's body; what only the deployment knows is written as `<Name>`. */
function dashboardOf(props: PropsOf = () => ({})) {
  const { template } = synthesize(props, (classifier) => classifier.addDashboard());
  const body: string | { 'Fn::Join': [string, (string | { Ref: string })[]] } = only(
    template,
    'AWS::CloudWatch::Dashboard',
  ).properties.DashboardBody;
  const parts = typeof body === 'string' ? [body] : body['Fn::Join'][1];
  const text = parts.map((part) => (typeof part === 'string' ? part : `<${Object.values(part)}>`)).join('');
  const { widgets } = JSON.parse(text) as { widgets: Widget[] };
  const widget = (title: string) =>
    widgets.find(({ properties }) => properties.title.startsWith(title))!.properties;
  return { template, widgets, widget };
}

function metricNames({ metrics = [] }: Widget['properties']) {
  return metrics.map(([, name]) => name);
}

describe('the dashboard', () => {
  const { template, widgets, widget } = dashboardOf();

  it.each([
    ['Uploads', ['ImagesClassified', 'ImagesRejected', 'ImagesSkipped']],
    ...[50, 95, 99].map(
      (percentile) =>
        [
          `Steps of an image, p${percentile}`,
          ['FetchTime', 'DecodeTime', 'PreprocessTime', 'InferTime', 'WriteTime'],
        ] as [string, string[]],
    ),
    ['Cold starts', ['ColdStart', 'Invocations']],
    ['Invocations', ['Duration', 'Duration', 'Duration']],
    ['Failures', ['Failures', 'Errors', 'Throttles']],
    ['Dead letters', ['ApproximateNumberOfMessagesVisible']],
  ])('shows %s', (title, names) => {
    expect(metricNames(widget(title))).toEqual(names);
  });

  it('reads cold starts from the metric of Powertools', () => {
    const [[namespace, name, ...dimensions]] = widget('Cold starts').metrics as [string[]];

    expect([namespace, name]).toEqual(['Bucketlens', 'ColdStart']);
    expect(dimensions.slice(0, 4)).toEqual([
      'function_name',
      `<${functionId(template)}>`,
      'service',
      'Test/Labels',
    ]);
  });

  it.each([
    ['Predictions by label', 'filter message = "classified"', 'by label'],
    ['Rejected by reason', 'filter message = "rejected"', 'by reason'],
    ['Memory', 'filter @type = "REPORT"', 'max(@maxMemoryUsed)'],
  ])("counts %s in the function's log", (title, ...parts) => {
    const { query } = widget(title);

    expect(query).toContain(`SOURCE '<${only(template, 'AWS::Logs::LogGroup').id}>'`);
    for (const part of parts) expect(query).toContain(part);
  });

  it('has no metric with a dimension per label or key', () => {
    const dimensions = widgets.flatMap(({ properties: { metrics = [] } }) =>
      metrics.flatMap(([namespace, , ...rest]) =>
        namespace === 'Bucketlens' ? rest.filter((_, index) => index % 2 === 0) : [],
      ),
    );

    expect(new Set(dimensions.filter((name) => typeof name === 'string'))).toEqual(
      new Set(['service', 'function_name']),
    );
  });
});

describe('the cost', () => {
  const costOf = (props?: PropsOf) => {
    const { title, setPeriodToTimeRange, metrics } = dashboardOf(props).widget('Lambda, S3');
    const expressions = metrics!.flatMap((row) =>
      row.flatMap((part) => (typeof part === 'object' && 'expression' in part ? [part.expression] : [])),
    );
    return { title, setPeriodToTimeRange, expression: String(expressions[0]) };
  };
  /** US$ of a million images of 0.5 s, each with the invocation for its copy of 10 ms. */
  const ofAMillion = (props: ImageClassifierProps) => {
    const script = costOf(() => props).expression.replace(
      /FILL\((\w+), 0\)/g,
      (_, name) => ({ invocations: '2e6', durationMs: '510e6', classified: '1e6' })[name as string]!,
    );
    return Function(`return ${script}`)() as number;
  };

  it('covers the displayed period and names the region and date of its prices', () => {
    const { title, setPeriodToTimeRange } = costOf();

    expect(setPeriodToTimeRange).toBe(true);
    expect(title).toContain('us-east-1, June 2026');
  });

  it('adds up requests, memory times duration, S3 and events', () => {
    const { lambda, s3, eventBridge } = prices;
    const rest = 2 * lambda.perMillionRequests + s3.perThousandGets * 1000 + eventBridge.perMillionEvents;

    expect(ofAMillion({})).toBeCloseTo(
      rest + 510_000 * 2 * lambda.perGbSecond.arm64 + s3.perThousandPuts * 1000,
    );
    expect(
      ofAMillion({ architecture: Architecture.X86_64, memorySize: 1024, writeBack: 'none' }),
    ).toBeCloseTo(rest + 510_000 * lambda.perGbSecond.x86_64);
    expect(ofAMillion({ writeBack: ['metadata', 'tags'] })).toBeCloseTo(
      rest + 510_000 * 2 * lambda.perGbSecond.arm64 + 2 * s3.perThousandPuts * 1000,
    );
  });

  it('accepts a memory size known only at deployment, without a warning', () => {
    const memorySize = (stack: Stack) => ({
      memorySize: new CfnParameter(stack, 'Memory', { type: 'Number' }).valueAsNumber,
    });

    expect(costOf(memorySize).expression).toContain('/ 1000 * <Memory> / 1024 *');
    const { classifier } = synthesize(memorySize, (made) => made.addDashboard());
    expect(Annotations.fromStack(classifier.function.stack).findWarning('*', Match.anyValue())).toEqual([]);
  });

  it('contains no number that CloudWatch would parse as a metric id', () => {
    expect(costOf().expression).not.toMatch(/\de[-+]?\d/);
  });
});
