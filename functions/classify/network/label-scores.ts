/** Scores of classes -> scores of published labels. */
import type { PublishedLabel } from './published-labels.ts';

export interface LabelScore {
  readonly label: string;
  /** The likeliest class that the label stands for. */
  readonly index: number;
  readonly score: number;
}

/**
 * Scores labels. If the classes exclude each other, the probability that one of several applies is the sum of theirs.
 * Independent scores cannot be added: two that see the same thing would count it twice, so the greatest stands for all.
 *
 * @returns The score of each label, in their order.
 */
export function scoreLabels(
  labels: readonly PublishedLabel[],
  scores: Float32Array,
  isExclusive: boolean,
): LabelScore[] {
  return labels.map(({ label, classes }) => {
    const index = classes.reduce((best, next) => (scores[next]! > scores[best]! ? next : best));
    if (!isExclusive || classes.length === 1) return { label, index, score: scores[index]! };
    // A sum of rounded numbers may slightly exceed 1.
    return {
      label,
      index,
      score: Math.min(
        classes.reduce((sum, one) => sum + scores[one]!, 0),
        1,
      ),
    };
  });
}
