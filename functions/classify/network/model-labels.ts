/** The labels of a model folder: its classes, their ancestors, and the labels that the user's rules make of them. */
import { join } from 'node:path';
import { type Ancestors, readAncestors } from './ancestors.ts';
import type { GivenLabelRules } from './label-rules.ts';
import { type Label, parseLabels } from './labels.ts';
import { type ModelManifest, readJson } from './manifest.ts';
import { applyLabelRules, type PublishedLabels } from './published-labels.ts';
import { readLabelRules } from './read-label-rules.ts';

export interface ModelLabels {
  /** In the order of the network's outputs. */
  readonly classes: readonly Label[];
  readonly ancestors: Ancestors | undefined;
  /** Undefined without rules. */
  readonly published: PublishedLabels | undefined;
}

/**
 * Reads and checks them.
 *
 * @param given Rules in place of those that the manifest names.
 * @throws InvalidModel, InvalidLabelRules
 */
export function readModelLabels(
  modelDir: string,
  manifest: Pick<ModelManifest, 'labels' | 'ancestors' | 'labelRules'>,
  given?: GivenLabelRules,
): ModelLabels {
  const path = join(modelDir, manifest.labels);
  const classes = parseLabels(readJson(path), path);
  const ancestors =
    manifest.ancestors === undefined ? undefined : readAncestors(join(modelDir, manifest.ancestors));
  const rules =
    given ??
    (manifest.labelRules === undefined ? undefined : readLabelRules(join(modelDir, manifest.labelRules)));
  return { classes, ancestors, published: rules && applyLabelRules(rules, classes, ancestors) };
}
