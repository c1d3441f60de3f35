/** A network's labels and the user's rules -> the labels that are published. */
import type { Ancestors } from './ancestors.ts';
import { createLabelNames, describeUnknown, type LabelNames, type Named } from './label-names.ts';
import { type GivenLabelRules, InvalidLabelRules } from './label-rules.ts';
import type { Label } from './labels.ts';

/** A label, and the classes of the network that it stands for. */
export interface PublishedLabel {
  readonly label: string;
  /** Their indices. */
  readonly classes: readonly number[];
  /** In place of the general one. */
  readonly minScore?: number;
}

export interface PublishedLabels {
  readonly labels: readonly PublishedLabel[];
  /** New names of kinds, by id. */
  readonly kindNames: ReadonlyMap<string, string>;
}

/** The labels without rules: each class by its own name. */
export function allLabels(classes: readonly Pick<Label, 'label'>[]): PublishedLabels {
  return { labels: classes.map(({ label }, index) => ({ label, classes: [index] })), kindNames: new Map() };
}

/**
 * Applies label rules. Of two rules for a label, the one that names fewer labels wins: the label itself before a kind, and a
 * kind before a wider one.
 *
 * @throws InvalidLabelRules if a name is unknown or ambiguous, two rules name the same label, two labels would have the same
 * name, or none is left.
 */
export function applyLabelRules(
  { rules, path }: GivenLabelRules,
  classes: readonly Label[],
  ancestors?: Ancestors,
): PublishedLabels {
  const fail: Fail = (problem) => {
    throw new InvalidLabelRules(`${path}: ${problem}`);
  };
  const names = createLabelNames(classes, ancestors);
  const find = (rule: string, name: string): Named => {
    const named = names.find(name);
    return typeof named === 'string' ? fail(`${rule}: '${name}' ${named}`) : named;
  };

  const claims: Claim[] = [];
  const kindNames = new Map<string, string>();
  for (const [label, parts] of Object.entries(rules.merge ?? {})) {
    const rule = `merge.${label}`;
    claims.push(...parts.map((part) => ({ rule, label, ...find(rule, part) })));
  }
  for (const name of rules.drop ?? []) claims.push({ rule: `drop '${name}'`, ...find('drop', name) });
  for (const [name, label] of Object.entries(rules.rename ?? {})) {
    const rule = `rename.${name}`;
    const named = find(rule, name);
    if (named.type === 'label') claims.push({ rule, label, ...named });
    else if (kindNames.has(named.id)) fail(`${rule}: another rule renames this kind`);
    else kindNames.set(named.id, label);
  }
  const changed = groupByRule(classes, claims, fail);
  assertNamesDiffer(changed, classes, fail);
  const counted = only(changed, rules.only, names, fail);
  return { labels: withMinScores(counted, rules.minScore, fail), kindNames };
}

/** A rule for some classes: their new label, or none to drop them. */
interface Claim {
  readonly rule: string;
  readonly label?: string;
  readonly classes: readonly number[];
}

interface Changed extends PublishedLabel {
  readonly rule?: string;
}

type Fail = (problem: string) => never;

function groupByRule(classes: readonly Label[], claims: readonly Claim[], fail: Fail): Changed[] {
  const groups = new Map<string, { rule?: string; label: string; classes: number[] }>();
  for (const [index, own] of classes.entries()) {
    const claim = narrowest(
      claims.filter((candidate) => candidate.classes.includes(index)),
      own,
      fail,
    );
    if (!claim) groups.set(`class ${index}`, { label: own.label, classes: [index] });
    else if (claim.label !== undefined) {
      const { rule, label } = claim;
      const group = groups.get(`rule ${rule}`);
      if (group) group.classes.push(index);
      else groups.set(`rule ${rule}`, { rule, label, classes: [index] });
    }
  }
  const idle = claims.find(({ rule, label }) => label !== undefined && !groups.has(`rule ${rule}`));
  if (idle) fail(`${idle.rule}: other rules take all of its labels`);
  if (groups.size === 0) fail('the rules drop every label');
  return [...groups.values()];
}

function narrowest(claims: readonly Claim[], { id, label }: Label, fail: Fail): Claim | undefined {
  const least = Math.min(...claims.map(({ classes }) => classes.length));
  const [first, ...others] = claims.filter(({ classes }) => classes.length === least);
  const other = others.find(({ rule }) => rule !== first!.rule);
  if (other)
    fail(`${label} (${id}) has two rules, ${first!.rule} and ${other.rule}; leave it in one of them`);
  return first;
}

/** Labels that no rule touches may share a name, as ImageNet's two cranes do. */
function assertNamesDiffer(labels: readonly Changed[], classes: readonly Label[], fail: Fail): void {
  for (const { rule, label } of labels) {
    const other =
      rule === undefined ? undefined : labels.find((one) => one.label === label && one.rule !== rule);
    if (!other) continue;
    const taken = other.rule ?? `the label of ${classes[other.classes[0]!]!.id}, which has no rule`;
    fail(`${rule}: '${label}' is also ${taken}; to publish them as one label, put both under merge`);
  }
}

function only(
  labels: readonly Changed[],
  counted: readonly string[] | undefined,
  names: LabelNames,
  fail: Fail,
): readonly Changed[] {
  if (!counted) return labels;
  const published = labels.map(({ label }) => label);
  for (const name of counted) {
    if (published.includes(name)) continue;
    const named = names.find(name);
    if (typeof named === 'object' && named.type === 'kind') {
      fail(`only: '${name}' is a kind; make a label of it with "merge": { "${name}": ["${name}"] }`);
    }
    fail(`only: '${name}' ${describeUnknown(name, published)}`);
  }
  return labels.filter(({ label }) => counted.includes(label));
}

function withMinScores(
  labels: readonly Changed[],
  minScores: Readonly<Record<string, number>> = {},
  fail: Fail,
): PublishedLabel[] {
  const published = labels.map(({ label }) => label);
  for (const name of Object.keys(minScores)) {
    if (!published.includes(name)) fail(`minScore: '${name}' ${describeUnknown(name, published)}`);
  }
  return labels.map(({ label, classes }) => ({
    label,
    classes,
    ...(Object.hasOwn(minScores, label) && { minScore: minScores[label]! }),
  }));
}
