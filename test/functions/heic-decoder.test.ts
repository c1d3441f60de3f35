import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  findHeicDecoder,
  HeicDecoderMissing,
  heicDecoderFiles,
  heicNotice,
} from '../../functions/heic-decoder.ts';

let project: string;
beforeAll(() => {
  project = realpathSync(mkdtempSync(join(tmpdir(), 'bucketlens-heic-')));
});
afterAll(() => rmSync(project, { recursive: true }));

function install(folder: string, version: string): string {
  const installed = join(project, folder, 'node_modules/libheif-js');
  mkdirSync(installed, { recursive: true });
  writeFileSync(join(installed, 'package.json'), JSON.stringify({ name: 'libheif-js', version }));
  return installed;
}

describe('findHeicDecoder', () => {
  it('finds the installed decoder, in the first place that has one', () => {
    const installed = install('one', '1.23.7');
    install('other', '1.23.8');
    mkdirSync(join(project, 'one/deeper'));

    const decoder = findHeicDecoder([
      join(project, 'none'),
      join(project, 'one/deeper'),
      join(project, 'other'),
    ]);

    expect(decoder).toEqual({ folder: join(installed, 'libheif-wasm'), version: '1.23.7' });
  });

  it('names the command that installs it', () => {
    const find = () => findHeicDecoder([join(project, 'none')]);

    expect(find).toThrow(HeicDecoderMissing);
    expect(find).toThrow(
      'HEIC needs a decoder that you install yourself: npm install libheif-js@1.23 (LGPL;',
    );
  });

  it.each(['1.19.8', '1.24.0', '2.23.0'])(
    'refuses a version whose structures are not known: %s',
    (version) => {
      install(version, version);

      expect(() => findHeicDecoder([join(project, version)])).toThrow(
        `HEIC needs libheif-js 1.23, and ${version} is installed: npm install libheif-js@1.23`,
      );
    },
  );
});

describe('the decoder that the tests use', () => {
  it('is deployed as files of its own, with its licence', () => {
    const files = new Map(heicDecoderFiles(findHeicDecoder()));

    expect([...files.keys()]).toEqual(['libheif.js', 'libheif.wasm', 'libheif.LICENSE.txt']);
    expect(Buffer.from(files.get('libheif.LICENSE.txt')!).toString()).toContain('GNU Lesser General Public');
  });

  it('is named to the user with its version, licence and patents', () => {
    expect(heicNotice({ folder: '', version: '1.23.2' })).toMatch(/libheif-js 1\.23\.2.*LGPL.*patented/);
  });
});
