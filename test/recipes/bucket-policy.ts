/** Evaluates the Deny statements of a synthesized bucket policy as IAM does; the emulator of AWS does not enforce policies. */
import type { Template } from 'aws-cdk-lib/assertions';

export interface Statement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** The values of the condition keys; a key that the request does not have is left out. */
export type Request = { readonly action: string } & { readonly [key: string]: string };

/** The statements of the policy of the bucket whose logical id begins so. */
export function policyOf(template: Template, bucketId: string): readonly Statement[] {
  const policies = Object.values(template.findResources('AWS::S3::BucketPolicy'));
  const [policy] = policies.filter(({ Properties }) => Properties.Bucket.Ref.startsWith(bucketId));
  return policy!.Properties.PolicyDocument.Statement;
}

/** The statements that deny a request, by their ids. */
export function denials(statements: readonly Statement[], request: Request): (string | undefined)[] {
  return statements
    .filter(({ Effect, Action }) => Effect === 'Deny' && matches([Action].flat(), request.action))
    .filter(({ Condition = {} }) =>
      conditionsOf(Condition).every(([test, key, wanted]) => test(request[key], wanted)),
    )
    .map(({ Sid }) => Sid);
}

type Test = (value: string | undefined, wanted: readonly string[]) => boolean;

function conditionsOf(condition: NonNullable<Statement['Condition']>): [Test, string, readonly string[]][] {
  return Object.entries(condition).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, wanted]): [Test, string, readonly string[]] => [
      operators[operator]!,
      key,
      // A reference to another resource is known by its logical id.
      [wanted].flat().map((value) => (typeof value === 'string' ? value : JSON.stringify(value))),
    ]),
  );
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html: negated operators hold
// for a key that is missing, the others do not.
const operators: Readonly<Record<string, Test>> = {
  Bool: (value, wanted) => value !== undefined && wanted.includes(value),
  StringNotEquals: (value, wanted) => value === undefined || !wanted.includes(value),
  StringNotLike: (value, wanted) => value === undefined || !matches(wanted, value),
  ArnNotEquals: (value, wanted) => value === undefined || !wanted.includes(value),
};

function matches(patterns: readonly string[], value: string): boolean {
  return patterns.some((pattern) =>
    new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '.*')}$`).test(value),
  );
}
