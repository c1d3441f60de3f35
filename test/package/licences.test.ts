import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { packageLicences } from '../../package/licences.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'bucketlens-licences-'));
});
afterEach(() => rmSync(root, { recursive: true }));

/** Installs a package and gives the path of its one source. */
function install(
  dir: string,
  name: string,
  license: string | undefined,
  files: Record<string, string> = {},
): string {
  const home = join(root, dir);
  mkdirSync(join(home, 'codec'), { recursive: true });
  writeFileSync(join(home, 'package.json'), JSON.stringify({ name, version: '1.2.3', license }));
  for (const [path, text] of Object.entries(files)) writeFileSync(join(home, path), text);
  return `${dir}/index.js`;
}

describe('packageLicences', () => {
  it('lists each text once, with the packages that share it', () => {
    const sources = [
      install('node_modules/b', 'b', 'MIT', { LICENSE: 'Be kind.\n' }),
      install('node_modules/@a/a', '@a/a', 'MIT', { 'licence.md': 'Be kind.' }),
      install('node_modules/b/node_modules/c', 'c', 'ISC', { COPYING: 'Be brief.' }),
      'functions/classify/handler.ts',
    ];

    const rule = '-'.repeat(80);
    expect(packageLicences(root, sources)).toBe(
      `@a/a 1.2.3 (MIT)\nb 1.2.3 (MIT)\n\nBe kind.\n\n${rule}\n\nc 1.2.3 (ISC)\n\nBe brief.\n`,
    );
  });

  it('finds the licences of code compiled into a package', () => {
    const source = install('node_modules/a', 'a', 'MIT', {
      LICENSE: 'Be kind.',
      'codec/LICENSE.codec.md': 'Be quick.',
    });

    const licences = packageLicences(root, [source]);

    expect(licences).toContain('Be kind.');
    expect(licences).toContain('Be quick.');
  });

  it.each([
    ['Apache-2.0', 'LICENSE'],
    ['MIT-0', 'no notice'],
    ['MIT', 'MIT License'],
  ])('adds a text of its own where a package under %s has none', (license, words) => {
    const source = install('node_modules/a', 'a', license);

    expect(packageLicences(root, [source])).toMatch(
      new RegExp(`^a 1\\.2\\.3 \\(${license}\\)\\n\\n.*${words}`),
    );
  });

  it.each([
    [
      'a text',
      '# a\n\n## License\n\nPermission is hereby granted to all.\n',
      'Permission is hereby granted to all.',
    ],
    ['a name', '# a\n\n## License\n\n  MIT\n', 'MIT License'],
  ])('reads %s from the readme where package.json names no licence', (_, readme, words) => {
    const source = install('node_modules/a', 'a', undefined, { 'Readme.md': readme });

    expect(packageLicences(root, [source])).toMatch(
      new RegExp(`^a 1\\.2\\.3 \\(MIT by its readme\\)\n\n${words}`),
    );
  });

  it('rejects a package whose licence text is missing', () => {
    const source = install('node_modules/a', 'a', 'BSD-3-Clause', { 'readme.md': '# a\n' });

    expect(() => packageLicences(root, [source])).toThrow(
      /^a 1\.2\.3 \(BSD-3-Clause\) has no licence file; add /,
    );
  });
});
