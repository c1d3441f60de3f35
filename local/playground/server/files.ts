/** Serves the page's HTML, and its styles and scripts, bundled from `page/`. */
import { readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { build } from 'esbuild';
import { sendText } from './answers.ts';

/** `GET /` and the files it refers to. Bundled on every request, so that a change to the page shows on reload. */
export async function sendPageFile(pathname: string, response: ServerResponse): Promise<void> {
  const file = files.get(pathname);
  if (!file) return sendText(response, 404, 'There is no such page.');
  const content = await file.read();
  response.writeHead(200, { 'content-type': file.type, 'content-security-policy': policy }).end(content);
}

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

function pathOf(name: string): string {
  return join(import.meta.dirname, '../page', name);
}

async function bundle(name: string): Promise<Uint8Array> {
  const { outputFiles } = await build({
    entryPoints: [pathOf(name)],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
  });
  return outputFiles[0]!.contents;
}

const files = new Map([
  ['/', { type: 'text/html; charset=utf-8', read: () => readFile(pathOf('index.html')) }],
  ['/icon.svg', { type: 'image/svg+xml', read: () => readFile(pathOf('icon.svg')) }],
  ['/page.css', { type: 'text/css; charset=utf-8', read: () => bundle('page.css') }],
  ['/page.js', { type: 'text/javascript; charset=utf-8', read: () => bundle('page.ts') }],
]);
