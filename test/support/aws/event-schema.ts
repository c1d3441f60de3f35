/** The published JSON Schema of prediction events, for tests of whatever publishes some. */
import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';

const text = readFileSync('functions/classify/publish/prediction-event.schema.json', 'utf8');

/** As consumers have it: fields that they do not know are fine. */
export const validateEvent = new Ajv().compile(JSON.parse(text));

/** As the tests want it: a field that the schema does not have is a mistake. */
const validateStrictly = new Ajv().compile(
  JSON.parse(text, (_, value) => (value?.properties ? { ...value, additionalProperties: false } : value)),
);

/** Where an event is not as the schema has it. */
export function mistakesIn(event: unknown): string | undefined {
  if (validateStrictly(event)) return undefined;
  return validateStrictly.errors?.map(({ instancePath, message }) => `${instancePath} ${message}`).join('; ');
}
