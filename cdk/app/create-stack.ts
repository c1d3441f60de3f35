/** The app's stack, from the settings in its context. */
import { resolve } from 'node:path';
import type { App } from 'aws-cdk-lib';
import type { LabelRules } from '../../functions/classify/network/label-rules.ts';
import { publishedWeights } from '../../layers/model/catalogue.ts';
import { isBuilt, withAbsolutePath } from '../../layers/model/layer.ts';
import { givenSettings, isCheck, readContext } from './context.ts';
import { BucketlensStack } from './stack.ts';

/**
 * Creates the stack `Bucketlens`, or one with the name in the context `bucketlens:stack`.
 *
 * @throws InvalidSetting, InvalidModel, InvalidLabelRules, TooLargeForLambda
 */
export function createStack(app: App): BucketlensStack {
  const settings = readContext(app.node);
  const model = standIn(settings.classifier?.model ?? 'resnet50', isCheck(app.node));
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
  return stack;
}

/** @returns The rules, or the absolute path of their file, which is relative to the folder of the user's command. */
function withCallersPath(labelRules: string | LabelRules | undefined): string | LabelRules | undefined {
  return typeof labelRules === 'string'
    ? resolve(process.env.BUCKETLENS_CALLED_FROM ?? '.', labelRules)
    : labelRules;
}

/** Falls back to the embedded network while a downloadable one is not built yet, so that `cdk synth` works offline. */
function standIn(model: string, isSilent: boolean): string {
  if (isBuilt(model) || !(model in publishedWeights)) return model;
  if (!isSilent) {
    console.error(
      `${model} is not built yet; using the embedded efficientnet-lite0 instead. To build it: npx bucketlens model ${model}`,
    );
  }
  return 'efficientnet-lite0';
}
