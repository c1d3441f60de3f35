/** JSON files of a model's folder, checked against a schema. */
import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import { describeIssue, plainMessages } from '../../../functions/classify/describe-issue.ts';
import { shown, UnusableModel } from '../unusable-model.ts';

/**
 * Reads a JSON file.
 *
 * @returns Nothing if there is no such file.
 * @throws UnusableModel if it is not JSON or does not fit the schema.
 */
export async function readJsonFile<Schema extends v.GenericSchema>(
  path: string,
  schema: Schema,
): Promise<v.InferOutput<Schema> | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : parseJson(text, schema, path);
}

/** @param path The file or address of the text, for messages. @throws UnusableModel */
export function parseJson<Schema extends v.GenericSchema>(
  text: string,
  schema: Schema,
  path: string,
): v.InferOutput<Schema> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new UnusableModel(`${path} is not JSON: ${shown((error as Error).message)}`);
  }
  const result = v.safeParse(schema, json, plainMessages);
  if (result.success) return result.output;
  const issues = result.issues.slice(0, 3).map((issue) => shown(describeIssue(issue, 'the file')));
  throw new UnusableModel(`${path}: ${issues.join('; ')}`);
}
