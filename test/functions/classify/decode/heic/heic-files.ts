/** The HEIC files of the tests, and the decoder that npm has installed for them. */
import { readFileSync } from 'node:fs';
import { findHeicDecoder } from '../../../../../functions/heic-decoder.ts';

export const fixtures = new URL('fixtures/', import.meta.url);

/** @param name without `.heic` */
export function readHeic(name: string): Buffer {
  return readFileSync(new URL(`${name}.heic`, fixtures));
}

export const decoder = findHeicDecoder();
