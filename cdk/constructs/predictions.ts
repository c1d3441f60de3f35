/** Rules that send a classifier's prediction events to targets. */
import { type IEventBus, type IRuleTarget, type OnEventOptions, Rule } from 'aws-cdk-lib/aws-events';
import {
  EventBus,
  LambdaFunction,
  SfnStateMachine,
  SnsTopic,
  SqsQueue,
} from 'aws-cdk-lib/aws-events-targets';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { BucketlensEvent } from '../../functions/classify/publish/prediction-event.ts';
import type { Classifier } from './classifier.ts';
import { assertOptions, InvalidSetting, show } from './settings/invalid-setting.ts';

/** A receiver of predictions. Rule targets have options of their own, such as a dead-letter queue. */
export type PredictionTarget = IQueue | IFunction | ITopic | IStateMachine | IEventBus | IRuleTarget;

/**
 * Adds a rule that matches the events of this classifier only, from any of its buckets.
 *
 * @throws InvalidSetting
 */
export function addPredictionRule(
  classifier: Classifier,
  id: string,
  detailType: BucketlensEvent['detail-type'],
  options: OnEventOptions = {},
): Rule {
  assertOptions(options, id, '{ target: new SqsQueue(queue) }');
  const rule = new Rule(classifier, id, { eventBus: classifier.eventBus, ...options });
  rule.addEventPattern({
    source: ['bucketlens'],
    detailType: [detailType],
    resources: [classifier.function.functionArn],
  });
  if (options.target !== undefined) rule.addTarget(toRuleTarget(options.target));
  return rule;
}

/** @throws InvalidSetting for anything that a rule cannot send events to. */
export function toRuleTarget(target: PredictionTarget): IRuleTarget {
  if (typeof target !== 'object' || target === null) throw invalidTarget(target);

  if ('queueArn' in target) return new SqsQueue(target);
  if ('functionArn' in target) return new LambdaFunction(target);
  if ('topicArn' in target) return new SnsTopic(target);
  if ('stateMachineArn' in target) return new SfnStateMachine(target);
  if ('eventBusArn' in target) return new EventBus(target);
  if ('bind' in target) return target;
  throw invalidTarget(target);
}

function invalidTarget(target: unknown): InvalidSetting {
  return new InvalidSetting(
    `the target is ${show(target)}; it takes a queue, function, topic, state machine, event bus or rule target (aws-cdk-lib/aws-events-targets)`,
  );
}
