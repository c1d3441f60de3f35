/** The sample photos that come with the playground. */
import { readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import { sendJson, sendText } from './answers.ts';
import samples from './samples/samples.json' with { type: 'json' };

/** A sample photo; the page credits its author where the licence requires it. */
export type Sample = (typeof samples)[number];

/** The paths of the sample photos. */
export function sampleFiles(): string[] {
  return samples.map(({ file }) => pathOf(file));
}

/** `GET /samples`: the list; `GET /samples/FILE`: a photo. */
export async function sendSample(file: string, response: ServerResponse): Promise<void> {
  if (file === '') return sendJson(response, samples);
  if (!samples.some((sample) => sample.file === file))
    return sendText(response, 404, 'There is no such sample.');
  const bytes = await readFile(pathOf(file));
  response.writeHead(200, { 'content-type': types[extname(file)] }).end(bytes);
}

function pathOf(file: string): string {
  return join(import.meta.dirname, 'samples', file);
}

const types: Readonly<Record<string, string>> = {
  '.jpg': 'image/jpeg',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.avif': 'image/avif',
};
