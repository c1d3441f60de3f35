/** The model manifest, `model.json`: describes the network of a model folder, so that every model runs through the same code. */
import { join } from 'node:path';
import * as v from 'valibot';
import { describeIssue, plainMessages } from '../describe-issue.ts';
import { activationNames } from './head.ts';
import { inputShapeRows, preprocessSchema } from './input-schema.ts';
import { readTextFile } from './text-file.ts';

/** Called for wrong manifests only: loading the locale takes longer than reading one. */
function oneOf(names: readonly string[]): string {
  return new Intl.ListFormat('en-GB', { type: 'disjunction' }).format(names);
}

// Plain names only: a manifest must not point outside its own folder.
const fileName = v.pipe(
  v.string(),
  v.regex(/^[\w][\w.-]*$/, 'must be the plain name of a file in the folder of model.json'),
);
const text = v.pipe(v.string(), v.nonEmpty('must not be empty'));
const outputSchema = v.variant(
  'activation',
  [
    v.strictObject({ name: text, activation: v.picklist(activationNames) }),
    // Outputs are logits: they say nothing of the activation to apply, so the manifest does.
    v.strictObject({
      name: text,
      activation: v.literal('none'),
      apply: v.pipe(
        // A missing value gets the same message as a wrong one.
        v.optional(v.unknown(), null),
        v.picklist(activationNames, () => `must be ${oneOf(activationNames)} where activation is none`),
      ),
    }),
  ],
  () => `must be ${oneOf(['none', ...activationNames])}`,
);

const manifestSchema = v.strictObject({
  /** Lower case, as it stands in the object's metadata: `labels-model: resnet50/2cb95161`. */
  name: v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, 'must be 1 to 64 of a-z 0-9 . _ -')),
  file: fileName,
  sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, 'must be 64 lower-case hexadecimal digits')),
  source: text,
  licence: text,
  input: v.strictObject({ name: text, ...inputShapeRows }),
  preprocess: preprocessSchema,
  /** `activation` is the one that the graph itself ends with. */
  output: outputSchema,
  labels: fileName,
  /** The kinds of things that each class belongs to; without it there are no general labels. */
  ancestors: v.exactOptional(fileName),
  /** The user's changes to the labels. */
  labelRules: v.exactOptional(fileName),
  topK: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1000)), 5),
  minScore: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(1)), 0),
});

export type ModelManifest = v.InferOutput<typeof manifestSchema>;

/** A model folder that cannot be used; the message names the file, the field and the values allowed. */
export class InvalidModel extends Error {
  override readonly name = 'InvalidModel';
}

/**
 * Reads and validates `model.json` of a model folder.
 *
 * @throws InvalidModel if it is missing, is not JSON, or has an unknown, missing or contradictory field.
 */
export function readManifest(modelDir: string): ModelManifest {
  const path = join(modelDir, 'model.json');
  return parseManifest(readJson(path), path);
}

/**
 * Validates a manifest.
 *
 * @param path The file it was read from, for error messages.
 * @throws InvalidModel
 */
export function parseManifest(manifest: unknown, path: string): ModelManifest {
  const result = v.safeParse(manifestSchema, manifest, plainMessages);
  if (result.success) return result.output;
  throw new InvalidModel(
    `${path}: ${result.issues.map((issue) => describeIssue(issue, 'the manifest')).join('; ')}`,
  );
}

/**
 * Reads a JSON file of a model folder, or for one.
 *
 * @throws InvalidModel if it cannot be read, or is not JSON in UTF-8.
 */
export function readJson(path: string): unknown {
  const json = readTextFile(path, InvalidModel);
  try {
    return JSON.parse(json);
  } catch (error) {
    throw new InvalidModel(`${path} is not JSON: ${(error as Error).message}`);
  }
}
