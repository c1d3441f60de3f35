/** Checks what JavaScript may pass to `bucketlens/pixels`, where a wrong name would only give other pixels. */
import { inspect } from 'node:util';
import * as v from 'valibot';
import { describeIssue, plainMessages } from '../functions/classify/describe-issue.ts';
import { inputShapeRows, preprocessSchema } from '../functions/classify/network/input-schema.ts';

const inputSchema = v.strictObject({
  // That of a model.json, which fits as it is.
  name: v.exactOptional(v.string()),
  ...inputShapeRows,
});

const schema = v.pipe(
  v.object({ input: inputSchema, preprocess: preprocessSchema }),
  v.forward(
    v.partialCheck(
      [
        ['preprocess', 'policy'],
        ['preprocess', 'cropFraction'],
      ],
      ({ preprocess: { policy, cropFraction } }) => policy !== 'crop' || cropFraction !== undefined,
      "goes with policy 'crop', which needs it: 1 is the largest centred square",
    ),
    ['preprocess', 'cropFraction'],
  ),
);

const positive = v.pipe(v.number(), v.gtValue(0));
const limitsSchema = v.strictObject({
  maxBytes: positive,
  megapixels: positive,
  memoryMegabytes: v.exactOptional(positive),
  decodeMs: v.exactOptional(positive),
});

/**
 * Checks a network's input and its preprocessing.
 *
 * @throws TypeError that names every wrong field, its choices and its value.
 */
export function assertInput(given: { readonly input: unknown; readonly preprocess: unknown }): void {
  assertFits(schema, given, 'the argument with input and preprocess');
}

/**
 * Checks the limits of decoding: without one of them, an image of any size would be decoded.
 *
 * @throws TypeError as `assertInput` does.
 */
export function assertLimits(limits: unknown): void {
  assertFits(v.object({ limits: limitsSchema }), { limits }, 'the limits');
}

function assertFits(fitting: v.GenericSchema, given: unknown, whole: string): void {
  const { issues } = v.safeParse(fitting, given, plainMessages);
  if (issues) throw new TypeError(issues.map((issue) => describe(issue, whole)).join('; '));
}

function describe(issue: v.BaseIssue<unknown>, whole: string): string {
  const sentence = describeIssue(issue, whole);
  const value = issue.path?.at(-1)?.value;
  return value === undefined ? sentence : `${sentence}; it is ${inspect(value, inspection)}`;
}

const inspection = {
  breakLength: Number.POSITIVE_INFINITY,
  depth: 1,
  maxArrayLength: 4,
  maxStringLength: 60,
};
