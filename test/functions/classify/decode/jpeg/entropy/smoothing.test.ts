import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { sha256Of } from '../../pillow-answers.ts';
import { decodeToRgb } from '../fixtures/fixtures.ts';

interface UnfinishedFile {
  readonly sampling: string;
  readonly jpeg: string;
  /** The number of bytes before the end marker, and the digest of Pillow's RGB. */
  readonly cuts: readonly { readonly end: number; readonly sha256: string }[];
}

const files: readonly UnfinishedFile[] = JSON.parse(
  readFileSync(new URL('../fixtures/unfinished.json', import.meta.url), 'utf8'),
);

it.each(files)(
  "smooths a progressive file that ends after any scan, or within one, to Pillow's pixels: $sampling",
  ({ jpeg, cuts }) => {
    const bytes = Buffer.from(jpeg, 'base64');
    const digests = cuts.map(({ end }) =>
      sha256Of(decodeToRgb(Buffer.concat([bytes.subarray(0, end), Buffer.from('ffd9', 'hex')]))),
    );

    expect(digests).toEqual(cuts.map(({ sha256 }) => sha256));
  },
);
