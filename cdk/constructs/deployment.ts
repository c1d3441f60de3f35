/** Weighted deployments: an alias that moves to a new version step by step, and back if images fail. */
import { type ILambdaDeploymentConfig, LambdaDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy';
import type { Alias } from 'aws-cdk-lib/aws-lambda';
import { acknowledgeDeploymentFindings } from './acknowledgements.ts';
import type { Classifier } from './classifier.ts';
import { asyncInvocation } from './function.ts';
import { createRollbackAlarm } from './monitoring/alarms.ts';

/** Creates the alias `live`, which the triggers invoke. */
export function createAlias(classifier: Classifier, deploymentConfig: ILambdaDeploymentConfig): Alias {
  const alias = classifier.function.addAlias('live', asyncInvocation(classifier.deadLetterQueue));
  const group = new LambdaDeploymentGroup(classifier, 'Deployment', {
    alias,
    deploymentConfig,
    alarms: [createRollbackAlarm(classifier)],
  });
  acknowledgeDeploymentFindings(group);
  return alias;
}
