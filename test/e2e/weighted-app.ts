/** The stack with a weighted deployment but without the resources of CodeDeploy, which the emulator does not have. */
import { App } from 'aws-cdk-lib';
import type { CfnAlias } from 'aws-cdk-lib/aws-lambda';
import { readContext } from '../../cdk/app/context.ts';
import { BucketlensStack } from '../../cdk/app/stack.ts';

const app = new App();
const { classifier } = new BucketlensStack(app, 'Weighted', readContext(app.node));
classifier.node.tryRemoveChild('Deployment');
const { cfnOptions } = classifier.alias!.node.defaultChild as CfnAlias;
delete cfnOptions.updatePolicy;
