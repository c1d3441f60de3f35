/** Reads and validates label rules by themselves; `published-labels.ts` checks them against a network's labels. */
import * as v from 'valibot';
import { describeIssue, plainMessages } from '../describe-issue.ts';
import { repeatedKey } from './json-keys.ts';
import { type GivenLabelRules, InvalidLabelRules } from './label-rules.ts';
import { readTextFile } from './text-file.ts';

const label = v.pipe(v.string('should be a text in quotes'), v.regex(/\S/, 'must not be empty'));
const labels = v.pipe(
  v.array(label, 'should be a list, such as ["tabby"]'),
  v.nonEmpty('must name at least one label'),
);
const score = v.pipe(
  v.number('should be a number from 0 to 1'),
  v.check((value) => value >= 0 && value <= 1, 'must be from 0 to 1'),
);

// A record of Valibot leaves these keys out without a word.
const unusable = ['__proto__', 'constructor', 'prototype'];

// Valibot takes lists for objects with numbers as keys.
const notList = v.check((input) => !Array.isArray(input), 'should be an object with names, not a list');

function dictionary<const Value extends v.GenericSchema>(value: Value) {
  return v.pipe(
    v.unknown(),
    notList,
    v.check(
      (input) => !unusable.some((key) => Object.hasOwn(Object(input), key)),
      `cannot have the names ${unusable.join(', ')}; use the label's id instead`,
    ),
    v.record(
      v.pipe(v.string(), v.regex(/\S/, 'has an empty name')),
      value,
      'should be an object with names, such as { "tabby": … }',
    ),
  );
}

const rulesSchema = v.strictObject(
  {
    merge: v.exactOptional(dictionary(labels)),
    rename: v.exactOptional(dictionary(label)),
    drop: v.exactOptional(labels),
    only: v.exactOptional(labels),
    minScore: v.exactOptional(dictionary(score)),
  },
  ({ expected }) =>
    expected === 'never' ? 'is not known' : 'should be an object, such as { "drop": ["tabby"] }',
);

/**
 * Reads a file of label rules.
 *
 * @throws InvalidLabelRules if it cannot be read, is not JSON in UTF-8, repeats a key, or holds anything but label rules.
 */
export function readLabelRules(path: string): GivenLabelRules {
  const json = readTextFile(path, InvalidLabelRules);
  const rules = parseLabelRules(parseJson(json, path), path);
  const repeated = repeatedKey(json);
  if (repeated === undefined) return rules;
  throw new InvalidLabelRules(
    `${path}: ${JSON.stringify(repeated)} stands there twice, and JSON keeps only the last one; make one rule of the two`,
  );
}

/**
 * Validates label rules.
 *
 * @param path The file or setting that they come from, for messages.
 * @throws InvalidLabelRules
 */
export function parseLabelRules(json: unknown, path: string): GivenLabelRules {
  const result = v.safeParse(v.pipe(v.unknown(), notList, rulesSchema), json, plainMessages);
  if (result.success) return { rules: result.output, path };
  const [issue] = result.issues;
  const isUnknown = issue.expected === 'never';
  throw new InvalidLabelRules(
    `${path}: ${describeIssue(issue, 'the rules')}${isUnknown ? `; the rules are ${Object.keys(rulesSchema.entries).join(', ')}` : ''}`,
  );
}

function parseJson(json: string, path: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    throw new InvalidLabelRules(`${path} is not JSON: ${(error as Error).message}`);
  }
}
