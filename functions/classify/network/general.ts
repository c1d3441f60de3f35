/**
 * The general label: the most specific kind of thing that the network is sure of. Where no breed is certain, 'dog' may be:
 * the probability of a kind is the sum over its classes, which have to exclude each other.
 */
import { type Ancestors, kindsOf } from './ancestors.ts';
import { scoreLabels } from './label-scores.ts';
import type { Label } from './labels.ts';
import type { General } from './prediction.ts';
import { allLabels, type PublishedLabels } from './published-labels.ts';

/** The probability at which a label counts as sure, unless the operator sets another. */
export const defaultGeneralScore = 0.9;

/**
 * Prepares the search for a network's general label.
 *
 * @param classes The network's classes in their order.
 * @param generalScore The probability at which a label counts as sure, 0..1.
 * @param published The labels that the user's rules make of the classes. Classes that do not count have no part in a kind.
 * @returns A search in the probabilities of one image. It gives the likeliest label if that is sure by itself, otherwise the
 *   sure kind with the fewest classes (the likeliest of several), or undefined if none is sure.
 */
export function createGeneralise(
  classes: readonly Label[],
  ancestors: Ancestors,
  generalScore: number,
  published: PublishedLabels = allLabels(classes),
): (probabilities: Float32Array) => General | undefined {
  const { labels, kindNames } = published;
  const counted = new Set(labels.flatMap(({ classes: indices }) => indices));
  const kinds = [...kindsOf(classes, ancestors)]
    .map(([id, indices]) => ({
      id,
      label: kindNames.get(id) ?? ancestors.names[id]!,
      size: indices.length,
      indices: indices.filter((index) => counted.has(index)),
    }))
    .sort((a, b) => a.size - b.size);

  return (probabilities) => {
    const likeliest = scoreLabels(labels, probabilities, true).reduce((a, b) => (b.score > a.score ? b : a));
    if (likeliest.score >= generalScore) {
      const { index, label, score } = likeliest;
      return { id: classes[index]!.id, label, score };
    }
    let found: (General & { readonly size: number }) | undefined;
    for (const { id, label, size, indices } of kinds) {
      if (found && size > found.size) break;
      const score = indices.reduce((sum, index) => sum + probabilities[index]!, 0);
      if (score >= generalScore && score > (found?.score ?? 0)) found = { id, label, score, size };
    }
    // A sum of rounded numbers may slightly exceed 1.
    return found && { id: found.id, label: found.label, score: Math.min(found.score, 1) };
  };
}
