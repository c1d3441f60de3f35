/** The head of a new model: seen in the network, or given by the user, never guessed. */
import {
  type ActivationName,
  activationNames,
  activations,
  createHead,
  type HeadOptions,
} from '../../functions/classify/network/head.ts';
import type { Ending } from './onnx/ending.ts';
import { UnusableModel } from './unusable-model.ts';

/** The user's choice: the activation to apply to the outputs, or `none` where they are scores already. */
export type ActivationChoice = 'none' | ActivationName;

/** Known properties of a network's outputs. */
export interface Outputs {
  /** For messages. */
  readonly path: string;
  readonly ending: Ending;
  readonly isQuantised: boolean;
  /** The head that a manifest of this network names. */
  readonly declared?: HeadOptions | undefined;
  /** The outputs for some pictures. */
  readonly samples: readonly Float32Array[];
}

/**
 * Chooses the head of a network.
 *
 * @throws UnusableModel if neither the network nor the user tells, or the outputs contradict it.
 */
export function chooseHead(choice: ActivationChoice | undefined, outputs: Outputs): HeadOptions {
  assertNumbers(outputs);
  const head = seenHead(choice, outputs) ?? givenHead(choice, outputs);
  assertPlausible(head, outputs);
  return head;
}

function assertNumbers({ path, samples }: Outputs): void {
  if (samples.every((sample) => sample.every(Number.isFinite))) return;
  throw new UnusableModel(
    `${path} gives outputs that are not finite numbers for a test picture: see that its own framework gives finite ones, and that the preprocessing is the one of its training`,
  );
}

function seenHead(choice: ActivationChoice | undefined, { path, ending }: Outputs): HeadOptions | undefined {
  const { kind, description } = ending;
  if (kind === 'logits' || kind === 'unknown') return undefined;
  const [seen, head]: [ActivationName, HeadOptions] =
    kind === 'log-softmax'
      ? ['softmax', { activation: 'none', apply: 'softmax' }]
      : [kind, { activation: kind }];
  if (choice === undefined || choice === seen || (choice === 'none' && head.activation !== 'none'))
    return head;
  throw new UnusableModel(
    `${path} ${description}, which --activation ${choice} contradicts: leave out --activation`,
  );
}

function givenHead(choice: ActivationChoice | undefined, outputs: Outputs): HeadOptions {
  const { path, ending, samples } = outputs;
  if (ending.kind === 'unknown' && arePercentages(samples)) {
    throw new UnusableModel(
      `${path} ${ending.description} and gives percentages, which sum to 100: name the scores before the multiplication with --output ${ending.input ?? 'NAME'}`,
    );
  }
  if (choice === undefined) {
    if (outputs.declared) return outputs.declared;
    throw new UnusableModel(question(outputs));
  }
  if (choice !== 'none') {
    if (ending.kind === 'unknown' && areScores(samples)) {
      throw new UnusableModel(
        `${path} gives outputs from 0 to 1, as if an activation had been applied already: use --activation none, or name an earlier output with --output NAME`,
      );
    }
    return { activation: 'none', apply: choice };
  }
  if (ending.kind === 'logits') {
    throw new UnusableModel(
      `${path} ${ending.description}, so that its outputs are logits and not scores: use --activation ${activationNames.join(' or ')}`,
    );
  }
  if (areScores(samples)) return { activation: samples.every(sumsToOne) ? 'softmax' : 'sigmoid' };
  throw new UnusableModel(
    `${path} gives outputs from ${least(samples)} to ${greatest(samples)}; scores are from 0 to 1: use --activation ${activationNames.join(' or ')} if they are logits, or name an earlier output with --output NAME`,
  );
}

/** Offers the choices that are not refused. */
function question({ path, ending, samples }: Outputs): string {
  const isSingle = samples[0]!.length === 1;
  const applicable = activationNames.filter((name) => !(isSingle && activations[name].isExclusive));
  const choices = applicable.map(
    (name) =>
      `--activation ${name} (${isSingle ? 'the probability of the second of two classes' : activations[name].summary})`,
  );
  const range = `${path} ${ending.description} and gives outputs from ${least(samples)} to ${greatest(samples)}`;
  if (ending.kind === 'logits') return `${range}: say how they become scores, with ${choices.join(' or ')}`;
  const wayBack = `or name an earlier output with --output ${ending.input ?? 'NAME'}`;
  return areScores(samples)
    ? `${range}: say that they are scores, with --activation none, ${wayBack}`
    : `${range}: if they are logits, say how they become scores, with ${choices.join(' or ')}, ${wayBack}`;
}

function assertPlausible(head: HeadOptions, { path, ending, isQuantised, samples }: Outputs): void {
  const [{ length }] = samples as [Float32Array];
  if (createHead(head, length).classes < 2) {
    throw new UnusableModel(
      `${path} ${ending.description} and gives a single output, which a softmax makes 1 for any picture${head.activation === 'none' ? ': use --activation sigmoid' : ''}`,
    );
  }
  if (head.activation !== 'softmax') return;
  // Quantisation moves each score by at most half a step of 1/256.
  const allowed = isQuantised ? Math.max(length / 512, tolerance) : tolerance;
  const sum = samples.map(sumOf).find((sum) => !(Math.abs(sum - 1) <= allowed));
  if (sum === undefined) return;
  throw new UnusableModel(
    `${path} ${ending.description}, but its scores add up to ${rounded(sum)} and not to 1: the softmax is not over the classes`,
  );
}

const tolerance = 1e-3;

function areScores(samples: Outputs['samples']): boolean {
  return samples.every((sample) => sample.every((value) => value >= -tolerance && value <= 1 + tolerance));
}

function arePercentages(samples: Outputs['samples']): boolean {
  return samples.every(
    (sample) =>
      sample.length > 1 && Math.abs(sumOf(sample) - 100) <= 0.1 && sample.every((value) => value >= 0),
  );
}

function sumsToOne(values: Float32Array): boolean {
  return values.length > 1 && Math.abs(sumOf(values) - 1) <= tolerance;
}

function sumOf(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function least(samples: readonly Float32Array[]): number {
  return rounded(Math.min(...samples.map((sample) => sample.reduce((a, b) => Math.min(a, b)))));
}

function greatest(samples: readonly Float32Array[]): number {
  return rounded(Math.max(...samples.map((sample) => sample.reduce((a, b) => Math.max(a, b)))));
}

function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
