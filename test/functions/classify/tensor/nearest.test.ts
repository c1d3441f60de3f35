import { describe, expect, it } from 'vitest';
import { nearestIndices } from '../../../../functions/classify/tensor/nearest.ts';
import { answersOf, digest } from './fixtures/keras-pillow.ts';

describe('nearestIndices', () => {
  it.each(answersOf('nearest'))(
    'takes the same pixels as Pillow: $count from 1 to $most',
    ({ count, most, sha256 }) => {
      // Act
      const indices = Array.from({ length: most }, (_, i) =>
        nearestIndices({ from: 0, size: i + 1 }, { count, first: 0, kept: count }),
      );

      // Assess
      const bytes = indices.map(({ buffer }) => Buffer.from(buffer));
      expect(digest(Buffer.concat(bytes))).toBe(sha256);
    },
  );
});
