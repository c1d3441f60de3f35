/** Where our answer and Pillow's differ, by kind; and the kinds that are known, each with its reason. */
import { type Disagreement, exceptions } from './exceptions.ts';
import type { Finding } from './survey.ts';

/** The kind of a disagreement; none if there is none, or nothing to compare with. */
export function disagreementOf({ verdict, pillow }: Finding): Disagreement | undefined {
  if (!verdict || !pillow) return undefined;
  const { format, pixels, rejection } = verdict;
  const ours = rejection ? `${rejection.name}: ${generalised(rejection.message)}` : 'accepted';
  if (rejection) return 'pixels' in pillow ? { format, ours, pillow: 'accepts it' } : undefined;
  if (!('pixels' in pillow)) return { format, ours, pillow: 'refuses it' };
  // Another AV1 decoder: the unit tests hold it to 2 levels.
  const isSame = pillow.pixels === pixels || pillow.pixels === 'unknown' || format === 'avif';
  return isSame ? undefined : { format, ours, pillow: 'has other pixels' };
}

export function describe({ format, ours, pillow }: Disagreement): string {
  return `${format || 'unknown'}: ${ours} | Pillow ${pillow}`;
}

/** Why it is so; none for a kind that is new. */
export function reasonFor(kind: Disagreement): string | undefined {
  return exceptions.find(
    ({ formats, ours, pillow }) =>
      formats.includes(kind.format) && ours.test(kind.ours) && pillow === kind.pillow,
  )?.why;
}

/** Without what differs from file to file. */
function generalised(message: string): string {
  return message
    .replace(/\d[\d.]*/g, 'N')
    .replace(/; the file is damaged.*$/, '')
    .replace(/^\w+: /, '');
}
