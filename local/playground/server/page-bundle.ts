/** Bundles the page's styles and scripts; the npm package has them bundled (package/program/page-bundle.ts). */
import { join } from 'node:path';
import { build } from 'esbuild';

/** The bundled files, by the names under which they are served. */
export const pageEntries = { 'page.css': 'page.css', 'page.js': 'page.ts' } as const;

/** Bundled anew by every call, so that a change to the page shows on reload. */
export async function bundlePage(name: keyof typeof pageEntries): Promise<Uint8Array> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, '../page', pageEntries[name])],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
  });
  return outputFiles[0]!.contents;
}
