/** The queue policy of a feed, built from the ARNs that its rule and queue will have. */

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
 * The ARNs of the rule and the queue `name`, known before either is created: the queue has its policy from the start.
 * The two forms of a rule's ARN: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridge.html
 *
 * @param eventBus A name or an ARN.
 * @param neighbourArn Any ARN of the same account and region.
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

/** Lets EventBridge send for this rule only, denies every other sender, and requires TLS. */
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
