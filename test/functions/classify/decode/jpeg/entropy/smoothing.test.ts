import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { sha256Of } from '../../pillow-answers.ts';
import { decodeToRgb } from '../fixtures/fixtures.ts';

interface UnfinishedFile {
  readonly name: string;
  readonly jpeg: string;
  /** Starts and ends of the bytes that are missing before the end marker, and the digest of Pillow's RGB. */
  readonly cuts: readonly { readonly removed: readonly number[]; readonly sha256: string }[];
}

const files: readonly UnfinishedFile[] = JSON.parse(
  readFileSync(new URL('../fixtures/unfinished.json', import.meta.url), 'utf8'),
);

/** The file without these bytes, and with an end marker. */
function cut(bytes: Buffer, [start, end, next = end]: readonly number[]): Buffer {
  return Buffer.concat([bytes.subarray(0, start), bytes.subarray(end, next), Buffer.from('ffd9', 'hex')]);
}

it.each(files)(
  "smooths a progressive file that ends after any scan, or within one, to Pillow's pixels: $name",
  ({ jpeg, cuts }) => {
    const bytes = Buffer.from(jpeg, 'base64');
    const digests = cuts.map(({ removed }) => sha256Of(decodeToRgb(cut(bytes, removed))));

    expect(digests).toEqual(cuts.map(({ sha256 }) => sha256));
  },
);
