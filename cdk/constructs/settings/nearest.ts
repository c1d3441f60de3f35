/** The name that a user most likely meant by an unknown one. */
import { distance } from 'fastest-levenshtein';

/** @returns The most similar name (`bucket-name` -> `bucketName`), or undefined if none is similar enough. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const wanted = normalize(name);
  const [best] = known
    .map((candidate) => ({ candidate, cost: costBetween(wanted, normalize(candidate)) }))
    .sort((one, other) => one.cost - other.cost || one.candidate.length - other.candidate.length);
  return best && best.cost <= wanted.length * maxChangedShare ? best.candidate : undefined;
}

/** The share of a name's characters that may differ. */
const maxChangedShare = 0.4;

function normalize(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
}

/** A name that begins or ends another one (`bucket`, `batchSize`) counts as nearly equal. */
function costBetween(wanted: string, candidate: string): number {
  if (wanted === candidate) return 0;
  const isPart =
    wanted.length >= minPartLength && (candidate.startsWith(wanted) || candidate.endsWith(wanted));
  return isPart ? 1 : distance(wanted, candidate);
}

const minPartLength = 4;
