/** The CDK app. Reads its settings from the context (cdk.json, `-c name=value`) and prints the size of each asset to stderr. */
import { App } from 'aws-cdk-lib';
import { megabytes } from '../../layers/size.ts';
import { isCheck } from './context.ts';
import { createStack } from './create-stack.ts';
import { assertNoneKeptByNpm } from './kept-by-npm.ts';

try {
  assertNoneKeptByNpm(process.env);
  // With autoSynth, the app would also be synthesized at exit after an error, and report an empty stack.
  const app = new App({ autoSynth: false });
  const { sizes } = createStack(app).classifier.artefacts;
  if (!isCheck(app.node)) for (const { name, bytes } of sizes) console.error(`${name}: ${megabytes(bytes)}`);
  app.synth();
} catch (error) {
  // Usually an invalid setting or model: print the message without a stack trace.
  console.error(`${(error as Error).name}: ${(error as Error).message}`);
  process.exitCode = 1;
}
