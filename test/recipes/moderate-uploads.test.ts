import { Template } from 'aws-cdk-lib/assertions';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { denials, policyOf, type Statement } from './bucket-policy.ts';

let template: Template;
let statements: readonly Statement[];
beforeAll(async () => {
  vi.stubEnv('CDK_CONTEXT_JSON', JSON.stringify({ 'aws:cdk:disable-asset-staging': true }));
  const { stack } = await import('../../recipes/moderate-uploads/app.ts');
  template = Template.fromStack(stack);
  statements = policyOf(template, 'LabelsBucket');
});
afterAll(() => vi.unstubAllEnvs());

const visitor = {
  'aws:PrincipalArn': 'arn:aws:iam::123456789012:user/visitor',
  'aws:SecureTransport': 'true',
};
function tags(label: string, score: string) {
  return { 's3:ExistingObjectTag/label': label, 's3:ExistingObjectTag/score': score };
}
/** The role of the stack whose logical id begins so, as the policy refers to it. */
function role(id: string) {
  const found = Object.keys(template.findResources('AWS::IAM::Role')).find((name) => name.startsWith(id));
  return { ...visitor, 'aws:PrincipalArn': JSON.stringify({ 'Fn::GetAtt': [found, 'Arn'] }) };
}

describe("the recipe's bucket policy", () => {
  it.each([
    ['an untagged object', {}, ['UnlessSafe', 'UnlessCertain']],
    ['an unsafe one', tags('nsfw', '0.9990'), ['UnlessSafe']],
    ['one that is hardly safe', tags('sfw', '0.7999'), ['UnlessCertain']],
    ['one with half of the tags', { 's3:ExistingObjectTag/label': 'sfw' }, ['UnlessCertain']],
    ['a safe one', tags('sfw', '0.8000'), []],
    ['one that is certainly safe', tags('sfw', '1.0000'), []],
  ])('lets nobody read %s unless it is safe', (_, existing, expected) => {
    for (const action of ['s3:GetObject', 's3:GetObjectVersion']) {
      expect(denials(statements, { action, ...visitor, ...existing })).toEqual(expected);
      expect(denials(statements, { action, 'aws:SecureTransport': 'true', ...existing })).toEqual(expected);
    }
  });

  it.each(['LabelsRole', 'MoverServiceRole', 'Moderators'])('lets %s read and tag all objects', (id) => {
    for (const action of ['s3:GetObject', 's3:GetObjectVersion', 's3:PutObjectTagging']) {
      expect(denials(statements, { action, ...role(id) })).toEqual([]);
    }
  });

  it.each([
    's3:PutObjectTagging',
    's3:PutObjectVersionTagging',
    's3:DeleteObjectTagging',
    's3:DeleteObjectVersionTagging',
  ])('lets no uploader use %s, with which an image could be called safe', (action) => {
    expect(denials(statements, { action, ...visitor, ...tags('sfw', '1.0000') })).toEqual(['Tagging']);
  });

  it('lets everybody with the permission upload, delete and list', () => {
    for (const action of ['s3:PutObject', 's3:DeleteObject', 's3:ListBucket', 's3:GetObjectTagging']) {
      expect(denials(statements, { action, ...visitor })).toEqual([]);
    }
  });
});

describe("the recipe's rule", () => {
  it('sends images that are probably unsafe to the function that moves them', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        'detail-type': ['Image Classified'],
        detail: { predictions: { label: ['nsfw'], score: [{ numeric: ['>=', 0.8] }] } },
      },
    });
  });
});
