/** Collects the licences of the npm packages that are bundled into the package. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesIn } from '../layers/folder.ts';

/**
 * Lists every bundled package by name and version with its licence texts. A text shared by several packages appears once.
 *
 * @param sources The bundled files, relative to the repository.
 * @throws if a package contains no licence text and its licence requires one.
 */
export function packageLicences(root: string, sources: readonly string[]): string {
  const holders = new Map<string, string[]>();
  for (const dir of packageDirs(sources)) {
    const { name, version, license } = JSON.parse(readFileSync(join(root, dir, 'package.json'), 'utf8'));
    const title = `${name} ${version} (${license ?? 'MIT by its readme'})`;
    for (const text of licenceTexts(join(root, dir), title, license)) {
      holders.set(text, [...(holders.get(text) ?? []), title]);
    }
  }
  return [...holders]
    .map(([text, titles]) => `${[...new Set(titles)].join('\n')}\n\n${text}\n`)
    .join(`\n${'-'.repeat(80)}\n\n`);
}

function packageDirs(sources: readonly string[]): string[] {
  const dirs = sources.flatMap((path) => path.match(/^.*node_modules\/(@[^/]+\/)?[^/]+/)?.[0] ?? []);
  return [...new Set(dirs)].sort();
}

function licenceTexts(dir: string, title: string, license: string | undefined): string[] {
  const files = filesIn(dir).filter(
    (path) => !path.includes('node_modules/') && /(^|\/)(licen[cs]e|copying|notice)[^/]*$/i.test(path),
  );
  if (files.length > 0) return files.map((path) => readFileSync(join(dir, path), 'utf8').trim());
  const inReadme = readmeLicence(dir);
  if (inReadme?.includes('Permission is hereby granted')) return [inReadme];
  const stand = standIns[license ?? (inReadme?.startsWith('MIT') ? 'MIT' : '')];
  if (stand) return [stand];
  throw new Error(
    `${title} has no licence file; add the text that its licence requires to ${import.meta.filename}`,
  );
}

/** The section of a readme that is headed 'License', to its end. */
function readmeLicence(dir: string): string | undefined {
  const readme = filesIn(dir).find((path) => /^readme\.md$/i.test(path));
  if (!readme) return undefined;
  return /^#+ *licen[cs]e *\n(.*)/ims.exec(readFileSync(join(dir, readme), 'utf8'))?.[1]?.trim();
}

/** Texts for packages that name their licence without including it. */
const standIns: Readonly<Record<string, string>> = {
  'Apache-2.0': 'Apache License, Version 2.0: the text is in the file LICENSE of this package.',
  'MIT-0': 'MIT No Attribution: no notice is required.',
  MIT: `MIT License

Copyright (c) the authors of the package, which names no others

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files (the
"Software"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge,
publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do so,
subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF
MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR
ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH
THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`,
};
