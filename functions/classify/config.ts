/** The function's configuration, read from its environment and validated once at start-up. */
import * as v from 'valibot';
import { describeIssue, plainMessages } from './describe-issue.ts';
import { defaultLimits } from './image/limits.ts';
import { baseMegabytes, megabytesPerProcessor } from './memory.ts';
import { writeBackModes } from './write-back/mode.ts';

function numberBetween(min: number, max: number) {
  return v.pipe(
    v.string(),
    v.regex(/^\d+(\.\d+)?(e-?\d+)?$/, 'must be a number'),
    v.transform(Number),
    v.check((value) => value >= min && value <= max, `must be between ${min} and ${max}`),
  );
}

const mode = `(${writeBackModes.join('|')})`;
const writeBackSchema = v.pipe(
  v.string(),
  v.regex(
    new RegExp(`^(none|${mode}( *, *${mode})*)$`),
    `must be 'none', or any of ${writeBackModes.join(', ')} separated by commas`,
  ),
  v.transform((text) => {
    const given = text.split(',').map((name) => name.trim());
    return writeBackModes.filter((known) => given.includes(known));
  }),
);

const environmentSchema = v.object({
  AWS_LAMBDA_FUNCTION_NAME: v.pipe(v.string(), v.nonEmpty('must not be empty')),
  /** In MB, set by Lambda. */
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: v.exactOptional(numberBetween(128, 10_240)),
  BUCKETLENS_MODEL_DIR: v.optional(v.pipe(v.string(), v.nonEmpty('must not be empty')), '/opt/model'),
  BUCKETLENS_EVENT_BUS: v.optional(v.pipe(v.string(), v.nonEmpty('must not be empty')), 'default'),
  BUCKETLENS_WRITE_BACK: v.optional(writeBackSchema, 'metadata'),
  BUCKETLENS_METADATA_PREFIX: v.optional(
    v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'must be 1 to 32 of a-z 0-9 -')),
    'labels',
  ),
  BUCKETLENS_TOP_K: v.exactOptional(v.pipe(numberBetween(1, 1000), v.integer('must be a whole number'))),
  BUCKETLENS_MIN_SCORE: v.exactOptional(numberBetween(0, 1)),
  BUCKETLENS_GENERAL_SCORE: v.exactOptional(numberBetween(0.5, 1)),
  BUCKETLENS_MAX_MEGABYTES: v.optional(numberBetween(0.001, 1000), String(defaultLimits.maxBytes / 1e6)),
  BUCKETLENS_MAX_MEGAPIXELS: v.optional(numberBetween(0.001, 1000), String(defaultLimits.megapixels)),
});

/** Invalid environment variables; the message names each. */
export class InvalidConfiguration extends Error {
  override readonly name = 'InvalidConfiguration';
}

export type Config = ReturnType<typeof readConfig>;

/**
 * Reads the function's configuration.
 *
 * @throws InvalidConfiguration naming every invalid variable, its value and the values allowed.
 */
export function readConfig(environment: NodeJS.ProcessEnv) {
  const result = v.safeParse(environmentSchema, environment, plainMessages);
  if (!result.success) throw new InvalidConfiguration(result.issues.map(describeVariable).join('; '));
  const variables = result.output;
  const memory = variables.AWS_LAMBDA_FUNCTION_MEMORY_SIZE;
  return {
    functionName: variables.AWS_LAMBDA_FUNCTION_NAME,
    modelDir: variables.BUCKETLENS_MODEL_DIR,
    eventBus: variables.BUCKETLENS_EVENT_BUS,
    writeBack: variables.BUCKETLENS_WRITE_BACK,
    metadataPrefix: variables.BUCKETLENS_METADATA_PREFIX,
    classifier: {
      // Whole processors only: threads that share part of one wait for each other, see docs/performance.md.
      ...(memory !== undefined && { threads: Math.max(1, Math.floor(memory / megabytesPerProcessor)) }),
      ...(variables.BUCKETLENS_TOP_K !== undefined && { topK: variables.BUCKETLENS_TOP_K }),
      ...(variables.BUCKETLENS_MIN_SCORE !== undefined && { minScore: variables.BUCKETLENS_MIN_SCORE }),
      ...(variables.BUCKETLENS_GENERAL_SCORE !== undefined && {
        generalScore: variables.BUCKETLENS_GENERAL_SCORE,
      }),
    },
    limits: {
      maxBytes: variables.BUCKETLENS_MAX_MEGABYTES * 1e6,
      megapixels: variables.BUCKETLENS_MAX_MEGAPIXELS,
      // The file is in memory, too.
      ...(memory !== undefined && {
        memoryMegabytes: Math.max(0, memory - baseMegabytes - variables.BUCKETLENS_MAX_MEGABYTES),
      }),
    },
  } as const;
}

function describeVariable(issue: v.BaseIssue<unknown>): string {
  const sentence = describeIssue(issue, 'the environment');
  return issue.input === undefined ? sentence : `${sentence}, not '${issue.input}'`;
}
