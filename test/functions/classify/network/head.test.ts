import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { activations, createHead, outputsPerImage } from '../../../../functions/classify/network/head.ts';

const logits = fc.float32Array({ minLength: 2, maxLength: 50, noNaN: true, noDefaultInfinity: true });

describe('softmax', () => {
  it('turns logits of any size into probabilities that sum to 1 and keep the order', () => {
    fc.assert(
      fc.property(logits, (values) => {
        const probabilities = activations.softmax.toScores(values);

        expect(probabilities.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
        expect(probabilities[values.indexOf(Math.max(...values))]).toBe(Math.max(...probabilities));
      }),
    );
  });

  it('equals the closed form on two classes', () => {
    expect(activations.softmax.toScores(Float32Array.of(1, 0))[0]).toBeCloseTo(1 / (1 + Math.exp(-1)), 6);
  });
});

describe('sigmoid', () => {
  it('turns each logit into a score of its own, from 0 to 1', () => {
    fc.assert(
      fc.property(logits, (values) => {
        const scores = activations.sigmoid.toScores(values);

        for (const [i, logit] of values.entries()) {
          expect(scores[i]).toBe(Math.fround(1 / (1 + Math.exp(-logit))));
          expect(scores[i]).toBeGreaterThanOrEqual(0);
          expect(scores[i]).toBeLessThanOrEqual(1);
        }
      }),
    );
  });
});

describe('createHead', () => {
  const outputs = Float32Array.of(2, -1, 0);

  it.each(['softmax', 'sigmoid'] as const)('does not apply a %s a second time', (activation) => {
    expect(createHead({ activation }, 3).toScores(outputs)).toEqual(outputs);
  });

  it.each(['softmax', 'sigmoid'] as const)('applies a %s to logits', (apply) => {
    const head = createHead({ activation: 'none', apply }, 3);

    expect(head.toScores(outputs)).toEqual(activations[apply].toScores(outputs));
    expect(head).toMatchObject({ classes: 3, isExclusive: apply === 'softmax' });
  });

  it.each([
    [{ activation: 'sigmoid' }, 0.25, [0.75, 0.25]],
    [{ activation: 'none', apply: 'sigmoid' }, 0, [0.5, 0.5]],
  ] as const)(
    'scores two classes that exclude each other from a single output: %j',
    (options, output, scores) => {
      const head = createHead(options, 1);

      expect([...head.toScores(Float32Array.of(output))]).toEqual(scores);
      expect(head).toMatchObject({ classes: 2, isExclusive: true, minScore: 0 });
    },
  );

  it('does not turn a single softmax output into two classes', () => {
    expect(createHead({ activation: 'softmax' }, 1).classes).toBe(1);
  });
});

describe('outputsPerImage', () => {
  it.each([
    [[2, 10], 2, 10],
    [[1, 10, 1, 1], 1, 10],
    [[1, 1, 1, 10], 1, 10],
    [[3, 1], 3, 1],
    [[10], 1, 10],
    [[1, 3, 8, 8], 1, undefined],
    [[1, 10], 2, undefined],
    [[], 1, undefined],
  ])('of shape %j for %i images is %s', (dims, images, expected) => {
    expect(outputsPerImage(dims, images)).toBe(expected);
  });
});
