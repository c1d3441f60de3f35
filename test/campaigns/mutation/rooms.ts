/** The folders of functions/classify for `npm run mutation`, each with the tests that mirror it. */
import { posix } from 'node:path';
import { globSync } from 'tinyglobby';

/** Paths from the project's root. */
export interface Room {
  readonly sources: readonly string[];
  readonly tests: readonly string[];
}

const home = 'functions/classify';

/** By path within functions/classify; the files outside of folders are `root`. */
export const rooms: Readonly<Record<string, Room>> = readRooms();

function readRooms(): Record<string, Room> {
  const sources = globSync(`${home}/**/*.ts`).sort();
  const folders = [...new Set(sources.map((path) => posix.dirname(path)))];
  return Object.fromEntries(
    folders.map((folder) => [
      folder === home ? 'root' : posix.relative(home, folder),
      { sources: sources.filter((path) => posix.dirname(path) === folder), tests: testsOf(folder) },
    ]),
  );
}

/** The tests in the mirroring folder, and in the nearest folder above it that has any, whose tests use whole files. */
function testsOf(folder: string): string[] {
  const own = testsIn(folder);
  let above = folder;
  while (above !== home) {
    above = posix.dirname(above);
    const tests = above === home ? [] : testsIn(above);
    if (tests.length > 0) return [...own, ...tests];
  }
  return own;
}

/** Without long comparisons: a mutant that survives runs all tests of its code. */
function testsIn(folder: string): string[] {
  return globSync(`test/${folder}/*.test.ts`, { ignore: '**/*.long.test.ts' }).sort();
}
