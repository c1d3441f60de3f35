import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { decode } from '../../../../../functions/classify/decode/decode.ts';
import { checkTexts } from '../../../../../functions/classify/decode/png/texts.ts';
import { defaultLimits } from '../../../../../functions/classify/image/limits.ts';
import { DecodingTooSlow, UnsupportedFormat } from '../../../../../functions/classify/image/rejections.ts';
import { readImage } from '../../../../goldens/goldens.ts';
import { chunk } from './fixtures/fixtures.ts';

const megabyte = 1_048_576;
const png = readImage('tiny_3x2.png');

function packed(bytes: number) {
  return deflateSync(Buffer.alloc(bytes));
}

/** The PNG with a chunk between its header and its pixels, and the same chunk as the checks see it. */
function withChunk(type: string, head: string, data: Uint8Array) {
  const content = Buffer.concat([Buffer.from(head, 'latin1'), data]);
  return Buffer.concat([png.subarray(0, 33), chunk(type, content), png.subarray(33)]);
}

const compressed = [
  ['zTXt', 'Comment\0\0'],
  ['iTXt', 'Comment\0\x01\0en\0Kommentar\0'],
  ['iCCP', 'Profile\0\0'],
] as const;

describe('decode, compressed texts of a PNG', () => {
  it.each(compressed)('reads a file with 1 MB of text: %s', async (type, head) => {
    expect(await decode(withChunk(type, head, packed(megabyte)), defaultLimits)).toMatchObject({ width: 3 });
  });

  it.each(compressed)('rejects a file with more, as Pillow does: %s', async (type, head) => {
    const answer = decode(withChunk(type, head, packed(megabyte + 1)), defaultLimits);

    await expect(answer).rejects.toBeInstanceOf(UnsupportedFormat);
    await expect(answer).rejects.toThrow('PNG with more than 1 MB of text or colour profile in a chunk');
  });

  it.each([
    ['damaged', 'zTXt', 'Comment\0\0', packed(2 * megabyte).subarray(2)],
    ['uncompressed', 'iTXt', 'Comment\0\0\0en\0\0', Buffer.alloc(2 * megabyte, 'a')],
    ['unknown', 'ruBB', 'Comment\0\0', packed(2 * megabyte)],
  ])('reads a file with %s text', async (_, type, head, data) => {
    expect(await decode(withChunk(type, head, data), defaultLimits)).toMatchObject({ width: 3 });
  });

  const text = { type: 'zTXt', data: Buffer.concat([Buffer.alloc(2), packed(megabyte)]), length: 0, at: 0 };

  it('rejects more than 64 MB in all', () => {
    checkTexts(Array(64).fill(text), () => {});

    expect(() => checkTexts(Array(65).fill(text), () => {})).toThrow(UnsupportedFormat);
  });

  it('stops when the time is up', () => {
    const checkTime = () => {
      throw new DecodingTooSlow('late');
    };

    expect(() => checkTexts([text], checkTime)).toThrow(DecodingTooSlow);
  });
});
