import { readdirSync, readFileSync } from 'node:fs';
import { folderVariable } from '../../../../functions/classify/decode/heic/heic.ts';
import { findHeicDecoder } from '../../../../functions/heic-decoder.ts';
import { checkImage } from '../image-target.ts';
import type { Target } from '../target.ts';

const fixtures = new URL('../../../functions/classify/decode/heic/fixtures/', import.meta.url);

export function seeds(): Uint8Array[] {
  return readdirSync(fixtures)
    .filter((file) => file.endsWith('.heic'))
    .map((file) => readFileSync(new URL(file, fixtures)))
    .filter(({ length }) => length < 5000);
}

export const check: Target['check'] = async (bytes) => {
  process.env[folderVariable] = findHeicDecoder().folder;
  try {
    await checkImage(bytes);
  } finally {
    delete process.env[folderVariable];
  }
};
