/** The CDK app: settings come from cdk.json's context or from `-c name=value`, and the sizes of what is deployed go to stderr. */
import { App } from 'aws-cdk-lib';
import { publishedWeights } from '../../layers/model/catalogue.ts';
import { isBuilt } from '../../layers/model/layer.ts';
import { megabytes } from '../../layers/size.ts';
import { readContext } from './context.ts';
import { BucketlensStack } from './stack.ts';

try {
  // By itself an app would be synthesized at the end of the process, also after an error, and complain of an empty stack.
  const app = new App({ autoSynth: false });
  const settings = readContext(app.node);
  const model = standIn(settings.classifier?.model ?? 'resnet50');
  const { classifier } = new BucketlensStack(app, 'Bucketlens', {
    ...settings,
    classifier: { ...settings.classifier, model },
  });
  for (const { name, bytes } of classifier.artefacts.sizes) console.error(`${name}: ${megabytes(bytes)}`);
  app.synth();
} catch (error) {
  // What is wrong is a setting or a model more likely than a line of this program: its sentence, without a stack trace.
  console.error(`${(error as Error).name}: ${(error as Error).message}`);
  process.exitCode = 1;
}

/** A network that has to be fetched first (`npm run deploy` does) is no reason for `cdk synth` to fail without internet. */
function standIn(model: string): string {
  if (isBuilt(model) || !(model in publishedWeights)) return model;
  console.error(
    `${model} is not built yet, so this is with the embedded efficientnet-lite0; build it with: npx bucketlens model ${model}`,
  );
  return 'efficientnet-lite0';
}
