/** The CDK app. Reads its settings from the context (cdk.json, `-c name=value`) and prints the size of each asset to stderr. */
import { resolve } from 'node:path';
import { App } from 'aws-cdk-lib';
import type { LabelRules } from '../../functions/classify/network/label-rules.ts';
import { publishedWeights } from '../../layers/model/catalogue.ts';
import { isBuilt, withAbsolutePath } from '../../layers/model/layer.ts';
import { megabytes } from '../../layers/size.ts';
import { givenSettings, readContext } from './context.ts';
import { BucketlensStack } from './stack.ts';

try {
  // With autoSynth, the app would also be synthesized at exit after an error, and report an empty stack.
  const app = new App({ autoSynth: false });
  const settings = readContext(app.node);
  const model = standIn(settings.classifier?.model ?? 'resnet50');
  const labelRules = withCallersPath(settings.classifier?.labelRules);
  const name = app.node.tryGetContext('bucketlens:stack') ?? 'Bucketlens';
  const stack = new BucketlensStack(app, name, {
    ...settings,
    classifier: { ...settings.classifier, model, ...(labelRules !== undefined && { labelRules }) },
  });
  stack.recordSettings({
    ...givenSettings(app.node),
    model: withAbsolutePath(model),
    ...(typeof labelRules === 'string' && { labelRules }),
  });
  for (const { name, bytes } of stack.classifier.artefacts.sizes)
    console.error(`${name}: ${megabytes(bytes)}`);
  app.synth();
} catch (error) {
  // Usually an invalid setting or model: print the message without a stack trace.
  console.error(`${(error as Error).name}: ${(error as Error).message}`);
  process.exitCode = 1;
}

/** @returns The rules, or the absolute path of their file, which is relative to the folder of the user's command. */
function withCallersPath(labelRules: string | LabelRules | undefined): string | LabelRules | undefined {
  return typeof labelRules === 'string'
    ? resolve(process.env.BUCKETLENS_CALLED_FROM ?? '.', labelRules)
    : labelRules;
}

/** Falls back to the embedded network while a downloadable one is not built yet, so that `cdk synth` works offline. */
function standIn(model: string): string {
  if (isBuilt(model) || !(model in publishedWeights)) return model;
  console.error(
    `${model} is not built yet; using the embedded efficientnet-lite0 instead. To build it: npx bucketlens model ${model}`,
  );
  return 'efficientnet-lite0';
}
