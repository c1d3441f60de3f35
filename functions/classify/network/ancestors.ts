/** The kinds of things that a network's classes belong to, from a model folder. */
import * as v from 'valibot';
import { describeIssue, plainMessages } from '../describe-issue.ts';
import type { Label } from './labels.ts';
import { InvalidModel, readJson } from './manifest.ts';

/** `names`: the name of each kind, by its id. `ancestors`: the kinds of each class, by the class's id. */
const ancestorsSchema = v.object({
  names: v.record(v.string(), v.pipe(v.string(), v.nonEmpty())),
  ancestors: v.record(v.string(), v.array(v.string())),
});

export type Ancestors = v.InferOutput<typeof ancestorsSchema>;

/**
 * Reads the file that a manifest's `ancestors` names.
 *
 * @throws InvalidModel if it is not JSON of the form `{ names, ancestors }`, or a kind has no name.
 */
export function readAncestors(path: string): Ancestors {
  return parseAncestors(readJson(path), path);
}

/**
 * Validates the content of a file of ancestors.
 *
 * @param path The file it was read from, for error messages.
 * @throws InvalidModel
 */
export function parseAncestors(json: unknown, path: string): Ancestors {
  const result = v.safeParse(ancestorsSchema, json, plainMessages);
  if (!result.success) throw new InvalidModel(`${path}: ${describeIssue(result.issues[0], 'the file')}`);
  const { names, ancestors } = result.output;
  const nameless = Object.values(ancestors)
    .flat()
    .find((kind) => !Object.hasOwn(names, kind));
  if (nameless !== undefined) throw new InvalidModel(`${path}: names.${nameless} is missing`);
  return result.output;
}

/** The classes of each kind that has any, by their indices. */
export function kindsOf(
  classes: readonly Pick<Label, 'id'>[],
  { ancestors }: Pick<Ancestors, 'ancestors'>,
): Map<string, number[]> {
  // A Map, because a class may have the name of a property that every object has, such as `constructor`.
  const kinds = new Map(Object.entries(ancestors));
  const members = new Map<string, number[]>();
  classes.forEach(({ id }, index) => {
    for (const kind of new Set(kinds.get(id))) {
      const found = members.get(kind);
      if (found) found.push(index);
      else members.set(kind, [index]);
    }
  });
  return members;
}
