/** Validates prediction events against the published JSON Schema. */
import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';

const text = readFileSync('functions/classify/publish/prediction-event.schema.json', 'utf8');

/** The schema for consumers, which accepts unknown fields. */
export const validateEvent = new Ajv().compile(JSON.parse(text));

/** The schema for tests, which refuses unknown fields. */
const validateStrictly = new Ajv().compile(
  JSON.parse(text, (_, value) => (value?.properties ? { ...value, additionalProperties: false } : value)),
);

/** The ways in which an event violates the schema. */
export function mistakesIn(event: unknown): string | undefined {
  if (validateStrictly(event)) return undefined;
  return validateStrictly.errors?.map(({ instancePath, message }) => `${instancePath} ${message}`).join('; ');
}
