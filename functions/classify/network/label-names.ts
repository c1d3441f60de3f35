/** Finds the classes and kinds that a rule names. */
import { nearestFew } from '../nearest.ts';
import { type Ancestors, kindsOf } from './ancestors.ts';
import type { Label } from './labels.ts';

/** A class of the network, or a kind of thing with its classes. */
export type Named =
  | { readonly type: 'label'; readonly id: string; readonly classes: readonly number[] }
  | { readonly type: 'kind'; readonly id: string; readonly classes: readonly number[] };

export interface LabelNames {
  /**
   * Finds what a name means: a label or kind by its text, or else by its id.
   *
   * @returns A sentence without a subject if the name is unknown, or has several meanings.
   */
  readonly find: (name: string) => Named | string;
}

/** @param ancestors Without them, there are no kinds. */
export function createLabelNames(classes: readonly Label[], ancestors: Ancestors | undefined): LabelNames {
  const byText = new Map<string, Named[]>();
  const byId = new Map<string, Named>();
  const add = (text: string, named: Named) => {
    byText.set(text, [...(byText.get(text) ?? []), named]);
    byId.set(named.id, named);
  };
  for (const [index, { id, label }] of classes.entries()) add(label, { type: 'label', id, classes: [index] });
  if (ancestors) {
    for (const [id, members] of kindsOf(classes, ancestors)) {
      add(ancestors.names[id]!, { type: 'kind', id, classes: members });
    }
  }
  return {
    find: (name) => {
      const meanings = byText.get(name) ?? [];
      if (meanings.length > 1) {
        const ids = meanings.map(({ type, id }) => `${id} (a ${type})`);
        return `means ${ids.join(' or ')}; write the id of one`;
      }
      return meanings[0] ?? byId.get(name) ?? describeUnknown(name, [...byText.keys()]);
    },
  };
}

/** "is not a label of the network; did you mean …?" */
export function describeUnknown(name: string, known: readonly string[]): string {
  const similar = nearestFew(name, known, 3);
  return similar.length > 0
    ? `is not a label; did you mean ${similar.join(', ')}?`
    : `is not a label; the labels are ${known.slice(0, 3).join(', ')}${known.length > 3 ? ', …' : ''}`;
}
