import { describe, expect, it } from 'vitest';
import { decodeZstd } from '../../../../../functions/classify/decode/tiff/zstd.ts';

/** 'zstd' in an uncompressed block. */
const frame = Buffer.from('28b52ffd2004210000' + '7a737464', 'hex');

describe('decodeZstd', () => {
  it('decompresses with fzstd where Node.js cannot', () => {
    expect(Buffer.from(decodeZstd(frame, 4, null)).toString()).toBe('zstd');
  });

  it("decompresses with Node's own function where there is one, within the same length", () => {
    const native = (data: Uint8Array, { maxOutputLength }: { maxOutputLength: number }) => {
      expect([data, maxOutputLength]).toEqual([frame, 4]);
      return Buffer.from('zstd');
    };

    expect(Buffer.from(decodeZstd(frame, 4, native)).toString()).toBe('zstd');
  });

  it.each([
    ['truncated', frame.subarray(0, 9)],
    ['longer than expected', Buffer.from('28b52ffd2005290000' + '7a73746464', 'hex')],
    ['no zstd at all', Buffer.from('zstd')],
  ])('rejects data that are %s', (_, data) => {
    expect(() => decodeZstd(data, 4, null)).toThrow();
  });
});
