/**
 * The general label: the most specific kind of thing that the network is sure of. Where no breed is certain, 'dog' may be:
 * the probability of a kind is the sum over its classes, which have to exclude each other.
 */
import * as v from 'valibot';
import { describeIssue, plainMessages } from '../describe-issue.ts';
import { InvalidModel, readJson } from './manifest.ts';
import type { General } from './prediction.ts';

/** `names`: the name of each kind, by its id. `ancestors`: the kinds of each class, by the class's id. */
const ancestorsSchema = v.object({
  names: v.record(v.string(), v.pipe(v.string(), v.nonEmpty())),
  ancestors: v.record(v.string(), v.array(v.string())),
});

export type Ancestors = v.InferOutput<typeof ancestorsSchema>;

/** The probability at which a label counts as sure, unless the operator sets another. */
export const defaultGeneralScore = 0.9;

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

/**
 * Prepares the search for a network's general label.
 *
 * @param classes The network's classes in their order.
 * @param generalScore The probability at which a label counts as sure, 0..1.
 * @returns A search in the probabilities of one image. It gives the likeliest class if that is sure by itself, otherwise the
 *   sure kind with the fewest classes (the likeliest of several), or undefined if none is sure.
 */
export function createGeneralise(
  classes: readonly Omit<General, 'score'>[],
  { names, ancestors }: Ancestors,
  generalScore: number,
): (probabilities: Float32Array) => General | undefined {
  // A Map, because a class may have the name of a property that every object has, such as `constructor`.
  const kindsOf = new Map(Object.entries(ancestors));
  const members = new Map<string, number[]>();
  classes.forEach(({ id }, index) => {
    for (const kind of new Set(kindsOf.get(id))) members.set(kind, [...(members.get(kind) ?? []), index]);
  });
  const kinds = [...members].sort(([, a], [, b]) => a.length - b.length);

  return (probabilities) => {
    const best = probabilities.indexOf(Math.max(...probabilities));
    if (probabilities[best] >= generalScore) return { ...classes[best], score: probabilities[best] };
    let found: { id: string; score: number; size: number } | undefined;
    for (const [id, indices] of kinds) {
      if (found && indices.length > found.size) break;
      const score = indices.reduce((sum, index) => sum + probabilities[index], 0);
      if (score >= generalScore && score > (found?.score ?? 0)) found = { id, score, size: indices.length };
    }
    // A sum of rounded numbers may slightly exceed 1.
    return found && { id: found.id, label: names[found.id], score: Math.min(found.score, 1) };
  };
}
