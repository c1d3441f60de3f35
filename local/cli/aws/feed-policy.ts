/** Who may send to a feed's queue, told by ARNs of a rule and a queue that are not made yet. */

export interface FeedArns {
  readonly queueArn: string;
  readonly ruleArn: string;
}

/** arn:PARTITION:SERVICE:REGION:ACCOUNT:… */
export function placeOf(arn: string) {
  const [, partition, , region, account] = arn.split(':');
  return { partition, region, account };
}

/**
 * ARNs of the rule and the queue `name`: with its policy from the start, no event finds the queue closed.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridge.html has the rule's two forms.
 *
 * @param eventBus A name or an ARN.
 * @param neighbourArn Of anything in the same account and region.
 */
export function feedArns(name: string, eventBus: string, neighbourArn: string): FeedArns {
  const { partition, region, account } = placeOf(neighbourArn);
  const busName = eventBus.replace(/^arn:.*:event-bus\//, '');
  const rule = busName === 'default' ? name : `${busName}/${name}`;
  return {
    queueArn: `arn:${partition}:sqs:${region}:${account}:${name}`,
    ruleArn: `arn:${partition}:events:${region}:${account}:rule/${rule}`,
  };
}

/** EventBridge may send for this rule; nobody else may, not even with rights of their own, and nobody without TLS. */
export function queuePolicy({ queueArn, ruleArn }: FeedArns) {
  const send = { Action: 'sqs:SendMessage', Resource: queueArn };
  return {
    Version: '2012-10-17',
    Statement: [
      {
        ...send,
        Effect: 'Allow',
        Principal: { Service: 'events.amazonaws.com' },
        Condition: { ArnEquals: { 'aws:SourceArn': ruleArn } },
      },
      {
        ...send,
        Effect: 'Deny',
        Principal: '*',
        Condition: { ArnNotEquals: { 'aws:SourceArn': ruleArn } },
      },
      {
        Effect: 'Deny',
        Principal: '*',
        Action: 'sqs:*',
        Resource: queueArn,
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
    ],
  };
}
