import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createStack } from '../../../cdk/app/create-stack.ts';
import { isBuilt } from '../../../layers/model/layer.ts';
import { createApp } from '../../support/synthesis.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bucketlens-test-'));
  writeFileSync(join(folder, 'rules.json'), '{ "merge": { "cat": ["tabby", "tiger_cat"] } }');
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

function stackWith(context: Readonly<Record<string, string>>) {
  return createStack(createApp({ model: 'efficientnet-lite0', ...context }));
}

function recordedSettings(stack: ReturnType<typeof createStack>) {
  return JSON.parse(Template.fromStack(stack).findOutputs('Settings').Settings!.Value);
}

describe('the stack of the app', () => {
  it('is called Bucketlens, and records its settings', () => {
    const stack = stackWith({ topK: '3', eventBusName: 'photos' });

    expect(stack.stackName).toBe('Bucketlens');
    expect(recordedSettings(stack)).toEqual({
      model: 'efficientnet-lite0',
      topK: '3',
      eventBusName: 'photos',
    });
  });

  it('publishes to a bus of another account by its ARN', () => {
    const eventBusName = 'arn:aws:events:eu-central-1:210987654321:event-bus/photos';

    const { function: labeller } = stackWith({ eventBusName }).classifier;

    Template.fromStack(Stack.of(labeller)).hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: { BUCKETLENS_EVENT_BUS: eventBusName } },
    });
  });

  it('has the name in the context bucketlens:stack, which is no setting', () => {
    const stack = stackWith({ 'bucketlens:stack': 'BucketlensTune-arm64' });

    expect(stack.stackName).toBe('BucketlensTune-arm64');
    expect(recordedSettings(stack)).toEqual({ model: 'efficientnet-lite0' });
  });

  it("finds label rules from the folder of the user's command", () => {
    vi.stubEnv('BUCKETLENS_CALLED_FROM', folder);
    const stack = stackWith({ labelRules: 'rules.json' });

    expect(stack.classifier.artefacts.modelLayerDir).toMatch(/model-efficientnet-lite0-[0-9a-f]{8}$/);
    expect(recordedSettings(stack)).toMatchObject({ labelRules: join(folder, 'rules.json') });
  });

  it('takes an absolute path of label rules as it is', () => {
    const labelRules = join(folder, 'rules.json');

    expect(recordedSettings(stackWith({ labelRules }))).toMatchObject({ labelRules });
  });

  it.skipIf(isBuilt('resnet50'))('has the embedded network until resnet50 is built, and says so', () => {
    const said = vi.spyOn(console, 'error').mockImplementation(() => {});
    const stack = createStack(createApp({}));

    expect(said.mock.calls.flat().join()).toContain(
      'resnet50 is not built yet; using the embedded efficientnet-lite0 instead',
    );
    expect(recordedSettings(stack)).toEqual({ model: 'efficientnet-lite0' });
  });
});
