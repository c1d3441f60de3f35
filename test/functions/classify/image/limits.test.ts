import { describe, expect, it } from 'vitest';
import { checkBytes } from '../../../../functions/classify/image/limits.ts';

describe('checkBytes', () => {
  it.each([1, 999_999, 1_000_000])('accepts %i bytes with a limit of 1 MB', (length) => {
    expect(() => checkBytes(length, { maxBytes: 1_000_000 })).not.toThrow();
  });

  it('rejects an image over the limit with both sizes', () => {
    expect(() => checkBytes(12_345_678, { maxBytes: 1_500_000 })).toThrow(
      expect.objectContaining({
        name: 'ImageTooLarge',
        message: '12.3 MB; the limit is 1.5 MB (limits.megabytes)',
      }),
    );
  });

  it('rejects an empty object', () => {
    expect(() => checkBytes(0, { maxBytes: 1_000_000 })).toThrow(
      expect.objectContaining({
        name: 'EmptyObject',
        message: '0 bytes: there is no image; send it again',
      }),
    );
  });
});
