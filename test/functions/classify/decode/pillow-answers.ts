/** Reads collections of small files with the digests of Pillow's pixels. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

export interface SmallFile {
  readonly kind: string;
  readonly bytes: Uint8Array;
  /** Digest of the RGB pixels; missing if Pillow refuses the file. */
  readonly sha256?: string;
}

/**
 * @param files the files, concatenated
 * @param answers JSON lines with the position and answer of each file
 */
export function readSmallFiles(files: URL, answers: URL): SmallFile[] {
  const all = readFileSync(files);
  const lines = readFileSync(answers, 'utf8').trim().split('\n');
  return lines.map((line) => {
    const { offset, length, ...answer } = JSON.parse(line);
    return { ...answer, bytes: all.subarray(offset, offset + length) };
  });
}

export function kindsOf(files: readonly SmallFile[]): string[] {
  return [...new Set(files.map(({ kind }) => kind))];
}

export function sha256Of(pixels: Uint8Array): string {
  return createHash('sha256').update(pixels).digest('hex');
}

/** The pixels where the given columns and rows cross. */
export function pick(rgb: Uint8Array, width: number, columns: Int32Array, rows: Int32Array): Uint8Array {
  return Uint8Array.from(
    [...rows].flatMap((y) => [...columns].flatMap((x) => [0, 1, 2].map((c) => rgb[3 * (y * width + x) + c]))),
  );
}
