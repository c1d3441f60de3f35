/** The scores of an image's classes -> its classification: label rules, topK, minScore and the general label. */
import type { Ancestors } from './ancestors.ts';
import { createGeneralise } from './general.ts';
import { scoreLabels } from './label-scores.ts';
import type { Label } from './labels.ts';
import type { Classification, Prediction } from './prediction.ts';
import { allLabels, type PublishedLabels } from './published-labels.ts';

export interface ClassificationOptions {
  /** The network's classes, in their order. */
  readonly classes: readonly Label[];
  /** The labels that the user's rules make of them; without rules, their own. */
  readonly published: PublishedLabels | undefined;
  readonly ancestors: Ancestors | undefined;
  readonly topK: number;
  readonly minScore: number;
  readonly generalScore: number;
}

/** @returns A function from the scores of one image; `isExclusive` if they sum to 1. */
export function createClassification(
  options: ClassificationOptions,
): (scores: Float32Array, isExclusive: boolean) => Classification {
  const { classes, published, ancestors, topK, minScore, generalScore } = options;
  const own = allLabels(classes);
  const generalise = ancestors && createGeneralise(classes, ancestors, generalScore, published);

  const predict = ({ labels }: PublishedLabels, scores: Float32Array, isExclusive: boolean): Prediction[] => {
    const found = scoreLabels(labels, scores, isExclusive);
    return found
      .filter(({ score }, n) => score >= (labels[n]!.minScore ?? minScore))
      .sort((a, b) => b.score - a.score || a.index - b.index)
      .slice(0, topK)
      .map(({ index, label, score }) => ({ index, id: classes[index]!.id, label, score }));
  };
  return (scores, isExclusive) => {
    // A sum of scores is a probability only where the classes exclude each other.
    const general = isExclusive ? generalise?.(scores) : undefined;
    return {
      predictions: predict(published ?? own, scores, isExclusive),
      ...(general && { general }),
      ...(published && { classes: predict(own, scores, isExclusive) }),
    };
  };
}
