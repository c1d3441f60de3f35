/** The package's types: a declaration file for each source that the entry's types reach, and for no other. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type FolderContents, writeFolder } from '../layers/folder.ts';

/**
 * Fills `outDir` with declaration files under the paths that the sources have in the repository: `package/index.d.ts`, …
 *
 * @throws if a source has a type error; the compiler's words are on standard output.
 */
export function writeDeclarations(outDir: string): void {
  const emitted = mkdtempSync(join(tmpdir(), 'bucketlens-types-'));
  try {
    const compiler = join(dirname(require.resolve('typescript/package.json')), 'bin/tsc');
    execFileSync(process.execPath, [compiler, '-p', import.meta.dirname, '--outDir', emitted], {
      stdio: 'inherit',
    });
    writeFolder(outDir, reachable(emitted, 'package/index.d.ts'));
  } finally {
    rmSync(emitted, { recursive: true });
  }
}

const require = createRequire(import.meta.url);

/**
 * The compiler declares all that the sources import, the function's code too, and with it types of packages that a user has
 * not installed. Declarations import less: only these are taken.
 */
function reachable(dir: string, entry: string): FolderContents {
  const contents = new Map<string, Uint8Array>();
  const take = (path: string): void => {
    if (contents.has(path)) return;
    const text = readFileSync(join(dir, path), 'utf8');
    contents.set(path, Buffer.from(text));
    for (const [, source] of text.matchAll(/(?:from |import\()["'](\.[^"']+)\.ts["']/g)) {
      take(join(dirname(path), `${source}.d.ts`).replaceAll('\\', '/'));
    }
  };
  take(entry);
  return contents;
}
