import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { decode } from '../../../../../functions/classify/decode/decode.ts';
import type { Chunk } from '../../../../../functions/classify/decode/png/chunks.ts';
import { checkTexts } from '../../../../../functions/classify/decode/png/texts.ts';
import { defaultLimits } from '../../../../../functions/classify/image/limits.ts';
import {
  CorruptImage,
  DecodingTooSlow,
  UnsupportedFormat,
} from '../../../../../functions/classify/image/rejections.ts';
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
    ['empty', 'zTXt', 'Comment\0\0', Buffer.alloc(0)],
    ['uncompressed', 'iTXt', 'Comment\0\0\0en\0\0', Buffer.alloc(2 * megabyte, 'a')],
    ['unknown', 'ruBB', 'Comment\0\0', packed(2 * megabyte)],
  ])('reads a file with %s text', async (_, type, head, data) => {
    expect(await decode(withChunk(type, head, data), defaultLimits)).toMatchObject({ width: 3 });
  });

  const chunkOf = (type: string, data: Uint8Array): Chunk => ({ type, data, length: data.length, at: 0 });
  const zTxt = (data: Uint8Array) => chunkOf('zTXt', Buffer.concat([Buffer.alloc(2), data]));
  const check = (...chunks: readonly Chunk[]) => checkTexts(chunks, () => {});
  const text = zTxt(packed(megabyte));

  it.each([
    ['whole', text],
    ['cut off', zTxt(packed(megabyte).subarray(0, -4))],
    ['uncompressed', chunkOf('tEXt', Buffer.alloc(megabyte))],
  ])('rejects more than 64 MB in all, the last of it %s', (_, last) => {
    const most = Array<Chunk>(63).fill(text);
    check(...most, last);

    expect(() => check(...most, last, zTxt(packed(1)))).toThrow(UnsupportedFormat);
  });

  it('rejects more than 1000 damaged ones', () => {
    const damaged = zTxt(Buffer.from('78be', 'hex'));
    const cutOff = zTxt(packed(9).subarray(0, -4));
    check(...Array<Chunk>(2000).fill(cutOff), ...Array<Chunk>(1000).fill(damaged));

    expect(() => check(...Array<Chunk>(1001).fill(damaged))).toThrow(
      new CorruptImage('more than 1000 of its compressed texts are damaged'),
    );
  });

  it('stops when the time is up', () => {
    const checkTime = () => {
      throw new DecodingTooSlow('late');
    };

    expect(() => checkTexts([text], checkTime)).toThrow(DecodingTooSlow);
  });
});
