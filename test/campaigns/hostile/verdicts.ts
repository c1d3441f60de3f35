/** Stores Pillow's verdicts for machines without Pillow: accepted or refused, for each file of a group in order. */
import { readFileSync, writeFileSync } from 'node:fs';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Group } from './corpus.ts';
import type { PillowVerdict } from './survey.ts';

type Stored = Readonly<Record<string, string>>;

const path = new URL('fixtures/pillow_verdicts.json', import.meta.url);
const codes = { refused: 0, accepted: 1, unknown: 2 };

function readStored(): Stored {
  return JSON.parse(readFileSync(path, 'utf8'));
}

function codesOf(stored: Stored, { name, files }: Group): Uint8Array {
  const found = inflateRawSync(Buffer.from(stored[name] ?? 'AwA=', 'base64'));
  return found.length === files.length ? found : new Uint8Array(files.length).fill(codes.unknown);
}

/** Pillow's verdicts on a group's files, as far as stored; without pixels. */
export function readVerdicts(group: Group): (PillowVerdict | undefined)[] {
  return Array.from(codesOf(readStored(), group), (code) => {
    if (code === codes.unknown) return undefined;
    return code === codes.accepted ? { pixels: 'unknown' } : { refusal: 'refused' };
  });
}

/** Adds verdicts to the stored ones. */
export function storeVerdicts(group: Group, verdicts: ReadonlyMap<number, PillowVerdict>): void {
  const stored = readStored();
  const all = codesOf(stored, group);
  for (const [index, verdict] of verdicts) all[index] = 'pixels' in verdict ? codes.accepted : codes.refused;
  const packed = deflateRawSync(all, { level: 9 }).toString('base64');
  writeFileSync(path, `${JSON.stringify({ ...stored, [group.name]: packed }, null, 2)}\n`);
}
