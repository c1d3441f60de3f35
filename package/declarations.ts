/** Writes the package's type declarations: one file for each source that the entry point's types reach. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type FolderContents, writeFolder } from '../layers/folder.ts';

/**
 * Writes the declaration files to `outDir`, at the sources' paths in the repository: `package/index.d.ts`, …
 *
 * @throws if a source has a type error; the compiler prints it to standard output.
 */
export function writeDeclarations(outDir: string): void {
  const emitted = mkdtempSync(join(tmpdir(), 'bucketlens-types-'));
  try {
    const compiler = join(dirname(require.resolve('typescript/package.json')), 'bin/tsc');
    execFileSync(process.execPath, [compiler, '-p', import.meta.dirname, '--outDir', emitted], {
      stdio: 'inherit',
    });
    writeFolder(
      outDir,
      reachable(emitted, ['package/index.d.ts', 'package/pixels.d.ts', 'package/jimp.d.ts']),
    );
  } finally {
    rmSync(emitted, { recursive: true });
  }
}

const require = createRequire(import.meta.url);

/**
 * Keeps only the declarations that the entry points' declarations import. The compiler emits one for every imported source,
 * and some of them need types of packages that users do not have.
 */
function reachable(dir: string, entries: readonly string[]): FolderContents {
  const contents = new Map<string, Uint8Array>();
  const take = (path: string): void => {
    if (contents.has(path)) return;
    const text = readFileSync(join(dir, path), 'utf8');
    contents.set(path, Buffer.from(text));
    for (const [, source] of text.matchAll(/(?:from |import\()["'](\.[^"']+)\.ts["']/g)) {
      take(join(dirname(path), `${source}.d.ts`).replaceAll('\\', '/'));
    }
  };
  entries.forEach(take);
  return contents;
}
