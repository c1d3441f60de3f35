/** The CDK app: settings come from cdk.json's context or from `-c name=value`, and the sizes of what is deployed go to stderr. */
import { App } from 'aws-cdk-lib';
import { megabytes } from '../layers/size.ts';
import { readContext } from './context.ts';
import { BucketlensStack } from './stack.ts';

try {
  const app = new App();
  const { classifier } = new BucketlensStack(app, 'Bucketlens', readContext(app.node));
  for (const { name, bytes } of classifier.artefacts.sizes) console.error(`${name}: ${megabytes(bytes)}`);
} catch (error) {
  // What is wrong is a setting or a model more likely than a line of this program: its sentence, without a stack trace.
  console.error(`${(error as Error).name}: ${(error as Error).message}`);
  process.exitCode = 1;
}
