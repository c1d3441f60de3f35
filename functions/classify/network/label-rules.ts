/** The vocabulary of label rules, by which users make their own labels of a network's. Imports nothing. */

/**
 * Changes to a network's labels. `merge`, `rename` and `drop` name the network's labels by their text or id, and general kinds
 * (such as `dog`) likewise; `only` and `minScore` name labels as they are published, after the changes.
 */
export interface LabelRules {
  /** Labels of one's own, each with the labels it stands for; a kind stands for all of its labels. */
  readonly merge?: Readonly<Record<string, readonly string[]>>;
  /** Another name for a label or a kind, such as its translation. */
  readonly rename?: Readonly<Record<string, string>>;
  /** Labels that do not count; a kind stands for all of its labels. */
  readonly drop?: readonly string[];
  /** The labels that count, if not all of them do. */
  readonly only?: readonly string[];
  /** The least score of a label, 0 to 1, which replaces the general `minScore` for it. */
  readonly minScore?: Readonly<Record<string, number>>;
}

/** Rules, and the file or setting that they come from, for messages. */
export interface GivenLabelRules {
  readonly rules: LabelRules;
  readonly path: string;
}

/** Label rules that cannot be applied: the message names the file, the rule, and the names allowed. */
export class InvalidLabelRules extends Error {
  override readonly name = 'InvalidLabelRules';
}
