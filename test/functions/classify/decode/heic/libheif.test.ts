import { describe, expect, it } from 'vitest';
import { decodePrimary } from '../../../../../functions/classify/decode/heic/libheif.ts';
import { allocate, type Libheif } from '../../../../../functions/classify/decode/heic/memory.ts';

function versionOf(number: number) {
  return { _heif_get_version_number: () => number } as Libheif;
}
const size = { width: 1, height: 1 };

describe('decodePrimary', () => {
  it('refuses a version of libheif whose structures it does not know', () => {
    const decode = () => decodePrimary(versionOf(0x01180000), {}, Buffer.alloc(8), size);

    expect(decode).toThrow(
      'HEIC: its decoder is libheif 1.24, and 1.23 is needed: npm install libheif-js@1.23',
    );
  });

  it('refuses a build of libheif whose functions cannot be replaced', () => {
    expect(() => decodePrimary(versionOf(0x01170200), {}, Buffer.alloc(8), size)).toThrow(
      'libheif does not show its functions',
    );
  });
});

describe('allocate', () => {
  it('fails if there is no more memory', () => {
    expect(() => allocate({ _malloc: () => 0 } as unknown as Libheif, 8)).toThrow(
      'the decoder has no more memory',
    );
  });
});
