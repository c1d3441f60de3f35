import { describe, expect, it } from 'vitest';
import {
  type AssetManifest,
  makePortable,
  type Template,
} from '../../../../local/cli/aws/portable-template.ts';

const bucket = { 'Fn::Sub': 'cdk-hnb659fds-assets-123456789012-eu-west-1' };
function assetOf(hash: string) {
  return { S3Bucket: bucket, S3Key: `${hash}.zip` };
}
const manifest: AssetManifest = {
  files: { aa: { source: { path: 'asset.aa' } }, bb: { source: { path: 'asset.bb' } } },
};

function templateOf(resources: Template['Resources']): Template {
  return {
    Parameters: { BootstrapVersion: { Type: 'AWS::SSM::Parameter::Value<String>' } },
    Rules: { CheckBootstrapVersion: {} },
    Resources: resources,
  };
}

describe('makePortable', () => {
  it('names a folder for each asset, once, and asks for no bootstrap', () => {
    const { template, assets } = makePortable(
      templateOf({
        Function: {
          Type: 'AWS::Lambda::Function',
          Properties: { Code: assetOf('aa'), Timeout: 3 },
          Metadata: { 'aws:asset:path': 'asset.aa' },
        },
        Twin: { Type: 'AWS::Lambda::Function', Properties: { Code: assetOf('aa') } },
        Layer: { Type: 'AWS::Lambda::LayerVersion', Properties: { Content: assetOf('bb') } },
        Inline: { Type: 'AWS::Lambda::Function', Properties: { Code: { ZipFile: 'exports.handler = …' } } },
        Queue: { Type: 'AWS::SQS::Queue' },
      }),
      manifest,
    );

    expect(template).toEqual({
      Resources: {
        Function: { Type: 'AWS::Lambda::Function', Properties: { Code: './assets/Function', Timeout: 3 } },
        Twin: { Type: 'AWS::Lambda::Function', Properties: { Code: './assets/Function' } },
        Layer: { Type: 'AWS::Lambda::LayerVersion', Properties: { Content: './assets/Layer' } },
        Inline: { Type: 'AWS::Lambda::Function', Properties: { Code: { ZipFile: 'exports.handler = …' } } },
        Queue: { Type: 'AWS::SQS::Queue' },
      },
    });
    expect([...assets]).toEqual([
      ['assets/Function', 'asset.aa'],
      ['assets/Layer', 'asset.bb'],
    ]);
  });

  it('keeps parameters and rules of the stack itself', () => {
    const { template } = makePortable(
      { ...templateOf({}), Parameters: { BootstrapVersion: {}, Size: {} }, Rules: { Own: {} } },
      manifest,
    );

    expect(template).toEqual({ Parameters: { Size: {} }, Rules: { Own: {} }, Resources: {} });
  });

  it.each([
    [
      'a key that is no asset',
      { Type: 'AWS::Lambda::Function', Properties: { Code: assetOf('cc') } },
      /R has the key cc\.zip/,
    ],
    [
      'another use of the asset bucket',
      { Type: 'Custom::Copy', Properties: { From: [bucket] } },
      /R refers to the CDK's asset bucket/,
    ],
  ])('refuses %s', (_, resource, message) => {
    expect(() => makePortable(templateOf({ R: resource }), manifest)).toThrow(message);
  });
});
