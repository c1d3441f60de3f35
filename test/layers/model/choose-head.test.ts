import { describe, expect, it } from 'vitest';
import { type ActivationChoice, chooseHead, type Outputs } from '../../../layers/model/choose-head.ts';

const logits = [Float32Array.of(2, -1, 0.5), Float32Array.of(-3, 4, 0)];
const probabilities = [Float32Array.of(0.25, 0.5, 0.25), Float32Array.of(0.125, 0.375, 0.5)];
const independent = [Float32Array.of(0.9, 0.8, 0.1), Float32Array.of(0.2, 0.1, 0.1)];
const percentages = [Float32Array.of(25, 50, 25), Float32Array.of(12.5, 37.5, 50)];

function choose(
  kind: Outputs['ending']['kind'],
  samples: readonly Float32Array[],
  choice?: ActivationChoice,
  more: Partial<Outputs> = {},
) {
  const ending = { kind, description: 'ends with Gemm' };
  return chooseHead(choice, { path: 'net.onnx', ending, isQuantised: false, samples, ...more });
}

describe('chooseHead', () => {
  it.each<[string, Parameters<typeof choose>, object]>([
    ['a softmax in the graph', ['softmax', probabilities], { activation: 'softmax' }],
    ['a sigmoid in the graph, which no softmax follows', ['sigmoid', independent], { activation: 'sigmoid' }],
    [
      'a log-softmax, whose softmax is the same',
      ['log-softmax', logits],
      { activation: 'none', apply: 'softmax' },
    ],
    ['logits as the user says', ['logits', logits, 'sigmoid'], { activation: 'none', apply: 'sigmoid' }],
    ['logits between 0 and 1', ['logits', independent, 'softmax'], { activation: 'none', apply: 'softmax' }],
    ['outputs that are probabilities', ['unknown', probabilities, 'none'], { activation: 'softmax' }],
    ['outputs that are independent scores', ['unknown', independent, 'none'], { activation: 'sigmoid' }],
    [
      'a single score',
      ['unknown', [Float32Array.of(1), Float32Array.of(0.3)], 'none'],
      { activation: 'sigmoid' },
    ],
    ['a softmax that the user names too', ['softmax', probabilities, 'softmax'], { activation: 'softmax' }],
    ['a sigmoid that the user calls scores', ['sigmoid', independent, 'none'], { activation: 'sigmoid' }],
  ])('takes %s', (_, args, head) => {
    expect(choose(...args)).toEqual(head);
  });

  it('takes the head of a manifest if neither the graph nor the user names one', () => {
    const declared = { activation: 'none', apply: 'sigmoid' } as const;

    expect(choose('logits', logits, undefined, { declared })).toEqual(declared);
    expect(choose('softmax', probabilities, undefined, { declared })).toEqual({ activation: 'softmax' });
  });

  it.each<[string, Parameters<typeof choose>, RegExp]>([
    [
      'logits',
      ['logits', logits],
      /^net.onnx ends with Gemm and gives outputs from -3 to 4: say how they become scores, with --activation softmax \(.*\) or --activation sigmoid \(each class is scored on its own\)$/,
    ],
    [
      'probabilities whose origin is unseen',
      ['unknown', probabilities],
      /outputs from 0.125 to 0.5: say that they are scores, with --activation none, or name an earlier output with --output NAME$/,
    ],
    [
      'independent scores whose origin is unseen',
      ['unknown', independent],
      /outputs from 0.1 to 0.9: say that they are scores/,
    ],
    [
      'a single logit, for which only a sigmoid will do',
      ['logits', [Float32Array.of(3)]],
      /outputs from 3 to 3: say how they become scores, with --activation sigmoid \(the probability of the second of two classes\)$/,
    ],
    [
      'numbers whose origin is unseen',
      ['unknown', [Float32Array.of(12.5, 50)]],
      /outputs from 12.5 to 50: if they are logits, say how .*, or name an earlier output with --output NAME$/,
    ],
  ])('asks for --activation: %s', (_, args, message) => {
    expect(() => choose(...args)).toThrow(message);
  });

  it.each<[string, Parameters<typeof choose>, RegExp]>([
    [
      'a second activation on a softmax',
      ['softmax', probabilities, 'sigmoid'],
      /--activation sigmoid contradicts/,
    ],
    ['a log-softmax taken for scores', ['log-softmax', logits, 'none'], /--activation none contradicts/],
    [
      'a second softmax',
      ['unknown', probabilities, 'softmax'],
      /as if an activation had been applied already/,
    ],
    [
      'logits taken for scores',
      ['logits', independent, 'none'],
      /logits and not scores: use --activation softmax or/,
    ],
    [
      'numbers above 1 taken for scores',
      ['unknown', [Float32Array.of(12.5, 50)], 'none'],
      /from 12.5 to 50; scores are from 0 to 1/,
    ],
    ...([undefined, 'none', 'softmax'] as const).map(
      (choice): [string, Parameters<typeof choose>, RegExp] => [
        `percentages with --activation ${choice}`,
        ['unknown', percentages, choice],
        /gives percentages, which sum to 100: name the scores before the multiplication with --output NAME$/,
      ],
    ),
    ['a softmax over the images', ['softmax', [Float32Array.of(1, 1, 1)]], /scores add up to 3 and not to 1/],
    [
      'outputs that are not numbers',
      ['softmax', [Float32Array.of(Number.NaN, 1)]],
      /gives outputs that are not finite numbers for a test picture/,
    ],
    [
      'a softmax of one logit',
      ['logits', [Float32Array.of(3)], 'softmax'],
      /gives a single output, which a softmax makes 1 for any picture: use --activation sigmoid$/,
    ],
    ['a softmax of one', ['softmax', [Float32Array.of(1)]], /gives a single output, which a softmax makes 1/],
  ])('refuses %s', (_, args, message) => {
    expect(() => choose(...args)).toThrow(message);
  });

  it.each([
    ['percentages', percentages],
    ['scores', probabilities],
  ])('names the value before the last operator in the graph: %s', (_, samples) => {
    const ending = { kind: 'unknown', description: 'ends with Mul', input: 'shares' } as const;

    expect(() => choose('unknown', samples, undefined, { ending })).toThrow(/--output shares$/);
  });

  it('accepts a quantised softmax, whose scores sum to 1 only approximately', () => {
    const samples = [Float32Array.of(0.25, 0.5, 0.246)];

    expect(choose('softmax', samples, undefined, { isQuantised: true })).toEqual({ activation: 'softmax' });
    expect(() => choose('softmax', samples)).toThrow(/add up to 0.996/);
  });
});
