/** Serves the page's HTML, and its styles and scripts, bundled from `page/`. */
import { readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { sendText } from './answers.ts';
import { bundlePage } from './page-bundle.ts';

/** `GET /` and the files it refers to. */
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

const files = new Map([
  ['/', { type: 'text/html; charset=utf-8', read: () => readFile(pathOf('index.html')) }],
  ['/icon.svg', { type: 'image/svg+xml', read: () => readFile(pathOf('icon.svg')) }],
  ['/page.css', { type: 'text/css; charset=utf-8', read: () => bundlePage('page.css') }],
  ['/page.js', { type: 'text/javascript; charset=utf-8', read: () => bundlePage('page.js') }],
]);
