/** Prediction events -> whoever asks for them, by rules on the classifier's bus. */
import { type IRuleTarget, type OnEventOptions, Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction, SnsTopic, SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { BucketlensEvent } from '../../functions/classify/publish/prediction-event.ts';
import type { Classifier } from './classifier.ts';

/** Who is told of predictions; a rule target has options of its own, such as a dead-letter queue. */
export type PredictionTarget = IQueue | IFunction | ITopic | IRuleTarget;

/** Takes the events of this classifier only, from whichever of its buckets, also if others label the same buckets. */
export function addPredictionRule(
  classifier: Classifier,
  id: string,
  detailType: BucketlensEvent['detail-type'],
  options: OnEventOptions = {},
): Rule {
  const rule = new Rule(classifier, id, { eventBus: classifier.eventBus, ...options });
  rule.addEventPattern({
    source: ['bucketlens'],
    detailType: [detailType],
    resources: [classifier.function.functionArn],
  });
  rule.addTarget(options.target);
  return rule;
}

export function toRuleTarget(target: PredictionTarget): IRuleTarget {
  if ('queueArn' in target) return new SqsQueue(target);
  if ('functionArn' in target) return new LambdaFunction(target);
  if ('topicArn' in target) return new SnsTopic(target);
  return target;
}
