/** The results of mutation testing as rows: a folder of the function each, and their sum. */

/** Numbers of mutants of one folder, by their fate. */
export interface Mutants {
  readonly killed: number;
  readonly timedOut: number;
  readonly survived: number;
  readonly uncovered: number;
}

export const head: readonly string[] = [
  'folder',
  'mutants',
  'killed',
  'timed out',
  'survived',
  'not covered',
  'score',
];

/** Detected mutants in percent, with one decimal; a folder of types has no mutants and scores 100. */
export function scoreOf({ killed, timedOut, survived, uncovered }: Mutants): number {
  const detected = killed + timedOut;
  const all = detected + survived + uncovered;
  return all === 0 ? 100 : Math.round((1000 * detected) / all) / 10;
}

/** One row for each folder, and their sum. */
export function rowsOf(results: ReadonlyMap<string, Mutants>): string[][] {
  const rows = [...results].map(([folder, mutants]) => rowOf(folder, mutants));
  return results.size > 1 ? [...rows, rowOf(total, sumOf([...results.values()]))] : rows;
}

/**
 * Joins new results with those of earlier runs, in the order of `folders`; folders that no longer exist are dropped.
 *
 * @param earlier Rows as `rowsOf` gives them.
 */
export function merge(
  earlier: readonly (readonly string[])[],
  results: ReadonlyMap<string, Mutants>,
  folders: readonly string[],
): Map<string, Mutants> {
  const known = new Map([...earlier.map(parseRow), ...results]);
  return new Map(folders.flatMap((folder) => (known.has(folder) ? [[folder, known.get(folder)!]] : [])));
}

const total = 'together';

function rowOf(folder: string, mutants: Mutants): string[] {
  const { killed, timedOut, survived, uncovered } = mutants;
  const counts = [killed + timedOut + survived + uncovered, killed, timedOut, survived, uncovered];
  return [folder, ...counts.map(String), `${scoreOf(mutants)} %`];
}

function parseRow([folder = '', , ...counts]: readonly string[]): [string, Mutants] {
  const [killed = 0, timedOut = 0, survived = 0, uncovered = 0] = counts.slice(0, 4).map(Number);
  return [folder, { killed, timedOut, survived, uncovered }];
}

export function sumOf(results: readonly Mutants[]): Mutants {
  const sum = (count: (mutants: Mutants) => number) =>
    results.reduce((all, mutants) => all + count(mutants), 0);
  return {
    killed: sum(({ killed }) => killed),
    timedOut: sum(({ timedOut }) => timedOut),
    survived: sum(({ survived }) => survived),
    uncovered: sum(({ uncovered }) => uncovered),
  };
}
