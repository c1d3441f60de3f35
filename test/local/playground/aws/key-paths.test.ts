import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyToPath, pathToKey } from '../../../../local/playground/aws/key-paths.ts';

const keyPieces = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('/', '.', '..', '%', '%2F', '%+', '\0', ' ', 'é'.repeat(150), '._S3rver_object', '\\', ':'),
);
const keys = fc
  .array(keyPieces, { minLength: 1 })
  .map((pieces) => pieces.join('').toWellFormed())
  .filter((key) => key !== '');

describe('keyToPath', () => {
  it('is inverted by pathToKey for any key', () => {
    fc.assert(
      fc.property(keys, (key) => {
        expect(pathToKey(keyToPath(key))).toBe(key);
      }),
    );
  });

  it('returns names that every file system accepts', () => {
    fc.assert(
      fc.property(keys, (key) => {
        for (const name of keyToPath(key).split('/')) {
          expect(name).toMatch(/^[^<>:"\\|?*]+$/);
          expect([...name].every((character) => character >= ' ')).toBe(true);
          expect(name).not.toMatch(/^\.{1,2}$|[. ]$/);
          expect(Buffer.byteLength(name)).toBeLessThanOrEqual(210);
        }
      }),
    );
  });

  it('keeps ordinary keys readable', () => {
    expect(keyToPath('album 1/zoë & me+1.jpg')).toBe('album 1/zoë & me+1.jpg');
  });
});
