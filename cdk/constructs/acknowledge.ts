/** Acknowledges a finding of cdk-nag, for the versions of the CDK and of cdk-nag that users have. */
import * as cdk from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

interface Acknowledgement {
  /** The rule, with the finding in brackets if the rule has several: `AwsSolutions-IAM5[Resource::*]`. */
  readonly id: string;
  readonly reason: string;
}

/** Acknowledges a finding in a construct and everything below it. */
export function acknowledge(scope: IConstruct, acknowledgement: Acknowledgement): void {
  // cdk-nag 3. Versions of the CDK before 2.257 have no validations.
  cdk.Validations?.of(scope).acknowledge(acknowledgement);
  suppress(scope, acknowledgement);
}

/**
 * Suppresses a finding of cdk-nag 2 alone, for resources that newer versions of the CDK create without it. The suppression
 * has to be in the metadata of each resource before cdk-nag's aspect visits it.
 */
export function suppress(scope: IConstruct, acknowledgement: Acknowledgement): void {
  cdk.Aspects.of(scope).add(suppressionFor(acknowledgement), { priority: cdk.AspectPriority.MUTATING });
}

function suppressionFor({ id, reason }: Acknowledgement): cdk.IAspect {
  const [, rule, finding] = id.match(/^([^[]+)(?:\[(.*)\])?$/s)!;
  const suppression = { id: rule, reason, ...(finding !== undefined && { applies_to: [finding] }) };
  return {
    visit: (node) => {
      if (!cdk.CfnResource.isCfnResource(node)) return;
      const existing = node.getMetadata('cdk_nag')?.rules_to_suppress ?? [];
      node.addMetadata('cdk_nag', { rules_to_suppress: [...existing, suppression] });
    },
  };
}
