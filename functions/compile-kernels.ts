/** Compiles the kernels, which are AssemblyScript, to WebAssembly: once for each content of their sources. */
import { execFileSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/**
 * The compiled kernels, from a cache under build/. The same sources give the same bytes.
 *
 * @throws the sources do not compile; the compiler's message names file and line
 */
export function compileKernels(): Buffer {
  const require = createRequire(import.meta.url);
  const sources = join(import.meta.dirname, 'kernels');
  const cache = join(import.meta.dirname, '../build/kernels');
  const version = readFileSync(require.resolve('assemblyscript/package.json'), 'utf8');
  const compiled = join(cache, `${digestOf(sources, version)}.wasm`);
  if (!existsSync(compiled)) {
    mkdirSync(cache, { recursive: true });
    // Several processes may compile at once: each writes a file of its own.
    const written = join(cache, `${randomUUID()}.wasm`);
    const args = ['index.ts', '--baseDir', sources, '--outFile', written, ...options];
    execFileSync(process.execPath, [require.resolve('assemblyscript/bin/asc.js'), ...args], {
      stdio: 'pipe',
    });
    renameSync(written, compiled);
  }
  return readFileSync(compiled);
}

function digestOf(sources: string, compiler: string): string {
  const names = readdirSync(sources).filter((name) => name.endsWith('.ts'));
  const files = names.sort().map((name) => [name, readFileSync(join(sources, name), 'utf8')]);
  return createHash('sha256')
    .update(JSON.stringify([compiler, options, files]))
    .digest('hex');
}

// Warning 112: vectors cannot be passed to JavaScript, which no kernel does.
const options = [
  ...['--enable', 'simd', '-O3', '--noAssert', '--runtime', 'stub', '--initialMemory', '1'],
  ...['--disableWarning', '112'],
];
