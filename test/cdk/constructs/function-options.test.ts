import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Duration } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { LambdaDeploymentConfig } from 'aws-cdk-lib/aws-codedeploy';
import { type IVpc, SecurityGroup, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { LayerVersion } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, it } from 'vitest';
import { ImageClassifier, type ImageClassifierProps } from '../../../cdk/constructs/image-classifier.ts';
import { InvalidSetting } from '../../../cdk/constructs/settings/invalid-setting.ts';
import {
  createApp,
  functionId,
  only,
  statementWith,
  synthesize,
  templateOf,
} from '../../support/synthesis.ts';

function functionIn({ template }: ReturnType<typeof synthesize>) {
  return template.findResources('AWS::Lambda::Function')[functionId(template)]!.Properties;
}

describe('a function in a VPC', () => {
  const inVpc = (more: (vpc: IVpc) => ImageClassifierProps = () => ({})) =>
    synthesize((stack) => {
      const vpc = new Vpc(stack, 'Vpc', {
        natGateways: 0,
        subnetConfiguration: [{ name: 'isolated', subnetType: SubnetType.PRIVATE_ISOLATED }],
      }) as IVpc;
      return { vpc, vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED }, ...more(vpc) };
    });

  it('has its subnets and a security group', () => {
    const { VpcConfig } = functionIn(inVpc());

    expect(VpcConfig.SubnetIds).toEqual([
      { Ref: expect.stringMatching(/^VpcisolatedSubnet1/) },
      { Ref: expect.stringMatching(/^VpcisolatedSubnet2/) },
    ]);
    expect(VpcConfig.SecurityGroupIds).toHaveLength(1);
  });

  it('uses given security groups', () => {
    const { VpcConfig } = functionIn(
      inVpc((vpc) => ({
        securityGroups: [SecurityGroup.fromSecurityGroupId(vpc, 'Group', 'sg-12345678')],
      })),
    );

    expect(VpcConfig.SecurityGroupIds).toEqual(['sg-12345678']);
  });

  it('may manage network interfaces, and no log groups', () => {
    const { template } = inVpc();

    expect(statementWith(template, 'ec2:CreateNetworkInterface').Resource).toBe('*');
    expect(
      template.findResources('AWS::IAM::Role', { Properties: { ManagedPolicyArns: Match.anyValue() } }),
    ).toEqual(expect.not.objectContaining({ LabelsRole: expect.anything() }));
  });

  it('says which endpoints it needs', () => {
    const { classifier } = inVpc();

    expect(
      Annotations.fromStack(classifier.function.stack).findInfo(
        '*',
        Match.stringLikeRegexp('gateway endpoint for S3 and an interface endpoint for EventBridge'),
      ),
    ).toHaveLength(1);
  });
});

describe('heic', () => {
  const filesOf = (heic: boolean) =>
    readdirSync(synthesize(() => ({ heic })).classifier.artefacts.functionDir).filter((name) =>
      name.startsWith('libheif'),
    );

  it('adds the installed decoder to the function, and says so once', () => {
    const { classifier } = synthesize(() => ({ heic: true }));

    expect(filesOf(true)).toEqual(['libheif.LICENSE.txt', 'libheif.js', 'libheif.wasm']);
    const infos = Annotations.fromStack(classifier.function.stack).findInfo('*', Match.anyValue());
    expect(infos.map(({ entry }) => entry.data)).toEqual([
      expect.stringMatching(/^HEIC is decoded by libheif-js 1\.23\..*LGPL.*patented/),
    ]);
  });

  it('is off by default: the function has no decoder of HEVC', () => {
    expect(filesOf(false)).toEqual([]);
    expect(synthesize().classifier.artefacts).toEqual(
      synthesize(() => ({ heic: false })).classifier.artefacts,
    );
  });
});

describe('the function', () => {
  it('runs as a given role, which receives its permissions', () => {
    const { template } = synthesize((stack) => ({
      role: new Role(stack, 'Mine', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') }),
    }));

    const { Role: role } = template.findResources('AWS::Lambda::Function')[functionId(template)]!.Properties;
    expect(role).toEqual({ 'Fn::GetAtt': [expect.stringMatching(/^Mine/), 'Arn'] });
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyName: Match.stringLikeRegexp('^Mine'),
      PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Action: 's3:ListBucket' })]) },
    });
  });

  it('has additional environment variables and layers', () => {
    const properties = functionIn(
      synthesize((stack) => ({
        environment: { POWERTOOLS_LOG_LEVEL: 'DEBUG' },
        layers: [
          LayerVersion.fromLayerVersionArn(
            stack,
            'Layer',
            'arn:aws:lambda:eu-west-1:123456789012:layer:extension:1',
          ),
        ],
      })),
    );

    expect(properties.Environment.Variables).toMatchObject({
      POWERTOOLS_LOG_LEVEL: 'DEBUG',
      POWERTOOLS_METRICS_NAMESPACE: 'Bucketlens',
    });
    expect(properties.Layers).toEqual([
      { Ref: expect.stringMatching(/^LabelsModel/) },
      { Ref: expect.stringMatching(/^LabelsRuntime/) },
      'arn:aws:lambda:eu-west-1:123456789012:layer:extension:1',
    ]);
  });

  it('logs to a given log group with its own key', () => {
    const { template } = synthesize((stack) => ({
      logGroup: new LogGroup(stack, 'Mine', { encryptionKey: new Key(stack, 'LogKey') }),
    }));

    const { id, properties } = only(template, 'AWS::Logs::LogGroup');
    expect(properties.KmsKeyId).toBeDefined();
    expect(statementWith(template, 'logs:PutLogEvents').Resource).toEqual({ 'Fn::GetAtt': [id, 'Arn'] });
  });

  it.each<[string, (stack: Queue) => object, string]>([
    ['vpcSubnets without vpc', () => ({ vpcSubnets: {} }), 'vpcSubnets is set and vpc is not; set vpc too'],
    ['securityGroups without vpc', () => ({ securityGroups: [] }), 'securityGroups is set and vpc is not'],
    [
      'logRetention with logGroup',
      (scope) => ({ logRetention: 7, logGroup: LogGroup.fromLogGroupName(scope, 'Logs', 'mine') }),
      'logRetention is for a new log group; set the retention of the given logGroup instead',
    ],
    [
      'a reserved variable',
      () => ({ environment: { BUCKETLENS_TOP_K: '3' } }),
      'environment has BUCKETLENS_TOP_K, which',
    ],
    [
      'a vpc by its id',
      () => ({ vpc: 'vpc-1234' }),
      "vpc is 'vpc-1234'; it takes a VPC, such as Vpc.fromLookup(…)",
    ],
    [
      'a role by its name',
      () => ({ role: 'admin' }),
      "role is 'admin'; it takes a role, such as Role.fromRoleArn(…)",
    ],
    ['one layer without a list', () => ({ layers: 'arn:aws:lambda:…' }), 'it takes a list of layers'],
    [
      'four layers',
      (scope) => ({
        layers: [1, 2, 3, 4].map((n) =>
          LayerVersion.fromLayerVersionArn(
            scope,
            `L${n}`,
            `arn:aws:lambda:eu-west-1:123456789012:layer:l:${n}`,
          ),
        ),
      }),
      'layers has 4; it takes at most 3, as Lambda allows 5',
    ],
    [
      'an unknown deployment',
      () => ({ deploymentConfig: 'CANARY' }),
      "deploymentConfig is 'CANARY'; it takes a LambdaDeploymentConfig: ALL_AT_ONCE, ",
    ],
  ])('rejects %s', (_, props, sentence) => {
    const refused = () => synthesize((stack) => props(new Queue(stack, 'Scope')) as ImageClassifierProps);

    expect(refused).toThrow(InvalidSetting);
    expect(refused).toThrow(sentence);
  });
});

describe.each(['s3', 'sqs', 'eventbridge', 'sns'] as const)('a weighted deployment (%s)', (trigger) => {
  const { template, classifier } = synthesize((stack) => ({
    trigger,
    ...(trigger === 'sns' && { topic: new Topic(stack, 'Topic') as ITopic }),
    deploymentConfig: LambdaDeploymentConfig.CANARY_10PERCENT_5MINUTES,
  }));
  const alias = only(template, 'AWS::Lambda::Alias');

  it('publishes a version and moves the alias to it step by step', () => {
    expect(alias.properties).toMatchObject({ Name: 'live', FunctionName: { Ref: functionId(template) } });
    expect(alias.attributes.UpdatePolicy).toEqual({
      CodeDeployLambdaAliasUpdate: {
        ApplicationName: expect.anything(),
        DeploymentGroupName: { Ref: only(template, 'AWS::CodeDeploy::DeploymentGroup').id },
      },
    });
    expect(classifier.alias?.aliasName).toBe('live');
  });

  it('keeps old versions, so that operators can return to them', () => {
    expect(only(template, 'AWS::Lambda::Version').attributes).toMatchObject({
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
    });
  });

  it('returns to the old version when images fail', () => {
    const { AlarmConfiguration, AutoRollbackConfiguration } = only(
      template,
      'AWS::CodeDeploy::DeploymentGroup',
    ).properties;
    const alarm = only(template, 'AWS::CloudWatch::Alarm');

    expect(AlarmConfiguration).toEqual({ Alarms: [{ Name: { Ref: alarm.id } }], Enabled: true });
    expect(AutoRollbackConfiguration.Events).toContain('DEPLOYMENT_STOP_ON_ALARM');
    expect(alarm.properties).toMatchObject({ EvaluationPeriods: 1, Threshold: 5 });
  });

  it('invokes the alias, with the retries and dead letters of the function', () => {
    const [invoked] = Object.values({
      ...template.findResources('AWS::Lambda::EventSourceMapping'),
      ...template.findResources('AWS::Lambda::Permission'),
    }).map(({ Properties }) => Properties.FunctionName);

    expect(invoked).toEqual(
      trigger === 'sqs' ? { 'Fn::Join': ['', expect.arrayContaining([':live'])] } : { Ref: alias.id },
    );
    const configs = Object.values(template.findResources('AWS::Lambda::EventInvokeConfig'));
    const aliasName = { 'Fn::Select': [7, { 'Fn::Split': [':', { Ref: alias.id }] }] };
    expect(configs.map(({ Properties }) => Properties.Qualifier)).toEqual(
      expect.arrayContaining(['$LATEST', aliasName]),
    );
    expect(configs[0]!.Properties.DestinationConfig).toEqual(configs[1]!.Properties.DestinationConfig);
  });
});

it('publishes a new version when only the model changes, without flags of the CDK', () => {
  const versionOf = (model: string) => {
    const { template } = templateOf(
      createApp({ '@aws-cdk/aws-lambda:recognizeLayerVersion': false }),
      (stack) => {
        new ImageClassifier(stack, 'Labels', {
          model,
          deploymentConfig: LambdaDeploymentConfig.ALL_AT_ONCE,
          timeout: Duration.minutes(1),
        });
      },
    );
    return only(template, 'AWS::Lambda::Version').id;
  };

  const folder = mkdtempSync(join(tmpdir(), 'bucketlens-model-'));
  try {
    cpSync('layers/model/efficientnet-lite0', folder, { recursive: true });
    const manifest = JSON.parse(readFileSync(join(folder, 'model.json'), 'utf8'));
    writeFileSync(join(folder, 'model.json'), JSON.stringify({ ...manifest, topK: 3 }));

    expect(versionOf('efficientnet-lite0')).not.toBe(versionOf(folder));
    expect(versionOf('efficientnet-lite0')).toBe(versionOf('layers/model/efficientnet-lite0'));
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it("passes cdk-nag's AwsSolutions rules in a VPC, with a weighted deployment and tracing", () => {
  const { stack } = templateOf(createApp(), (scope) => {
    const vpc = Vpc.fromVpcAttributes(scope, 'Vpc', {
      vpcId: 'vpc-1234',
      availabilityZones: ['eu-west-1a'],
      privateSubnetIds: ['subnet-1234'],
    });
    new ImageClassifier(scope, 'Labels', {
      vpc,
      tracing: true,
      deploymentConfig: LambdaDeploymentConfig.LINEAR_10PERCENT_EVERY_1MINUTE,
    });
  });

  expect(new AwsSolutionsChecks(stack).validateScope(stack).violations).toEqual([]);
});
