/** The name that a user most likely meant by an unknown one. */
import { distance } from 'fastest-levenshtein';

/**
 * Finds the known name that is most similar in its words, which may be misspelt, cut short or in another notation:
 * `bucket-name`, `buckt` and `s3Bucket` mean `bucketName`.
 *
 * @returns undefined if no name is similar enough.
 */
export function nearest(name: string, known: readonly string[]): string | undefined {
  return nearestFew(name, known, 1)[0];
}

/** Finds the known names that are similar enough, the most similar first, at most `count` of them. */
export function nearestFew(name: string, known: readonly string[], count: number): string[] {
  if (name.length > maxLength) return [];
  const runs = runsOf(name).filter(({ letters, left }) => letters.length >= left);
  return [...new Set(known)]
    .filter(({ length }) => length <= maxLength)
    .map((candidate) => ({ candidate, cost: costOf(runs, runsOf(candidate)) }))
    .filter(({ cost }) => cost < Number.POSITIVE_INFINITY)
    .sort((one, other) => one.cost - other.cost || one.candidate.length - other.candidate.length)
    .slice(0, count)
    .map(({ candidate }) => candidate);
}

/** Longer texts are no names, and comparing all of their words would take seconds. */
const maxLength = 100;

/** Adjacent words of a name, without their separators. */
interface Run {
  readonly letters: string;
  /** The number of letters in the other words of the name. */
  readonly left: number;
}

function runsOf(name: string): Run[] {
  const words = name
    .replaceAll(/([a-z0-9])(?=[A-Z])|([0-9])(?=[a-z])/g, '$& ')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
  const total = words.join('').length;
  return words.flatMap((_, start) =>
    words.slice(start).map((_, more) => {
      const letters = words.slice(start, start + more + 1).join('');
      return { letters, left: total - letters.length };
    }),
  );
}

function costOf(wanted: readonly Run[], candidates: readonly Run[]): number {
  const costs = wanted.flatMap((one) => candidates.map((other) => costBetween(one, other)));
  return Math.min(...costs);
}

/** The letters to change and, at less, those that only one of the names has. Infinite if the runs differ too much. */
function costBetween(wanted: Run, candidate: Run): number {
  const { length } = wanted.letters;
  // Words may be cut short, with a letter missing, but not to one or two letters.
  const beginnings = length < minLetters ? [] : [length, length + 1];
  const costs = [...beginnings, candidate.letters.length].flatMap((end) => {
    const compared = candidate.letters.slice(0, end);
    // Names that differ by more than this in length alone are not compared: that takes long for long ones.
    if (Math.abs(length - compared.length) > mostChanges(length)) return [];
    const changed = changesBetween(wanted.letters, compared);
    const leftOut = candidate.letters.length - compared.length + wanted.left + candidate.left;
    const most = leftOut === 0 ? mostChanges(length) : mostChangesInPart(length);
    return changed <= most ? [changed + leftOutCost * leftOut] : [];
  });
  return Math.min(...costs);
}

const minLetters = 3;
const leftOutCost = 0.3;

/** The number of letters that differ; two that are swapped count as one. */
function changesBetween(one: string, other: string): number {
  const swapped = [...one.slice(1)].map((letter, before) =>
    distance(`${one.slice(0, before)}${letter}${one[before]}${one.slice(before + 2)}`, other),
  );
  return Math.min(distance(one, other), ...swapped.map((changes) => changes + 1));
}

/** The letters of a word that may be wrong. */
function mostChanges(length: number): number {
  return length <= minLetters ? 0 : Math.max(1, Math.floor(length * 0.3));
}

/** The same for a part of a name, which is similar to another by chance more often. */
function mostChangesInPart(length: number): number {
  return length <= minLetters ? 0 : Math.max(1, Math.floor(length * 0.2));
}
