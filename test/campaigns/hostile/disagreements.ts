/** Kinds of differences between the function's results and Pillow's, and the reasons for the known ones. */
import { type Disagreement, exceptions, runLengthBmp } from './exceptions.ts';
import type { Finding } from './survey.ts';

/** The kind of a difference; undefined if there is none, or nothing to compare with. */
export function disagreementOf({ file, verdict, pillow }: Finding): Disagreement | undefined {
  if (!verdict || !pillow) return undefined;
  const { pixels, rejection } = verdict;
  const format = verdict.format && (file.variant ?? variantOf(verdict.format, file.make()));
  const ours = rejection ? `${rejection.name}: ${generalised(rejection.message)}` : 'accepted';
  if (rejection) return 'pixels' in pillow ? { format, ours, pillow: 'accepts it' } : undefined;
  if (!('pixels' in pillow)) return { format, ours, pillow: 'refuses it' };
  // Pillow has another AV1 decoder; the unit tests bound the difference to 2 levels.
  const isSame = pillow.pixels === pixels || pillow.pixels === 'unknown' || format === 'avif';
  return isSame ? undefined : { format, ours, pillow: 'has other pixels' };
}

function variantOf(format: string, bytes: Uint8Array): string {
  const [headerBytes, compression] = [bytes[14], bytes[30]];
  // The header of OS/2 version 1, of 12 bytes, has no compression.
  const isRunLength = headerBytes !== 12 && (compression === 1 || compression === 2);
  return format === 'bmp' && isRunLength ? runLengthBmp : format;
}

export function describe({ format, ours, pillow }: Disagreement): string {
  return `${format || 'unknown'}: ${ours} | Pillow ${pillow}`;
}

/** The reason for a kind of difference; undefined for a new kind. */
export function reasonFor(kind: Disagreement): string | undefined {
  return exceptions.find(
    ({ formats, ours, pillow }) =>
      formats.includes(kind.format) && ours.test(kind.ours) && pillow === kind.pillow,
  )?.why;
}

/** The message without parts that differ from file to file. */
function generalised(message: string): string {
  return message
    .replace(/\d[\d.]*/g, 'N')
    .replace(/; the file is damaged.*$/, '')
    .replace(/^\w+: /, '');
}
