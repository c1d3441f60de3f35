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
    const title = `${name} ${version} (${license})`;
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

function licenceTexts(dir: string, title: string, license: string): string[] {
  const files = filesIn(dir).filter(
    (path) => !path.includes('node_modules/') && /(^|\/)(licen[cs]e|copying|notice)[^/]*$/i.test(path),
  );
  if (files.length > 0) return files.map((path) => readFileSync(join(dir, path), 'utf8').trim());
  const stand = standIns[license];
  if (stand) return [stand];
  throw new Error(
    `${title} has no licence file; add the text that its licence requires to ${import.meta.filename}`,
  );
}

/** Texts for packages that name their licence without including it. */
const standIns: Readonly<Record<string, string>> = {
  'Apache-2.0': 'Apache License, Version 2.0: the text is in the file LICENSE of this package.',
  'MIT-0': 'MIT No Attribution: no notice is required.',
};
