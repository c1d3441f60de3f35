/** Finds the HEIC decoder that the user has installed. HEVC is patented in some countries, so no package and no bundle has it by itself. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { heicFiles, installation } from './classify/decode/heic/heic.ts';

export interface HeicDecoder {
  /** The folder with `libheif.js` and `libheif.wasm`. */
  readonly folder: string;
  /** The version of libheif-js. */
  readonly version: string;
}

/** libheif-js is not installed, or in a version that is not known to work; the message has the command that installs it. */
export class HeicDecoderMissing extends Error {
  override readonly name = 'HeicDecoderMissing';
}

/**
 * Looks in the current folder's `node_modules` and those above it, then where Bucketlens is installed.
 *
 * @throws {HeicDecoderMissing}
 */
export function findHeicDecoder(
  places: readonly string[] = [process.cwd(), import.meta.dirname],
): HeicDecoder {
  const [manifest] = places.flatMap((place) => {
    try {
      return createRequire(join(place, 'index.js')).resolve('libheif-js/package.json');
    } catch {
      return [];
    }
  });
  if (!manifest) {
    throw new HeicDecoderMissing(
      `HEIC needs a decoder that you install yourself: ${installation} (LGPL; HEVC is patented in some countries, see docs/images.md)`,
    );
  }
  const { version } = JSON.parse(readFileSync(manifest, 'utf8'));
  if (!/^1\.23\./.test(version)) {
    throw new HeicDecoderMissing(`HEIC needs libheif-js 1.23, and ${version} is installed: ${installation}`);
  }
  return { folder: join(dirname(manifest), 'libheif-wasm'), version };
}

/** The decoder's files as they stand next to the bundle, with their licence. */
export function heicDecoderFiles({ folder }: HeicDecoder): [name: string, bytes: Uint8Array][] {
  return [
    ...heicFiles.map((name): [string, Uint8Array] => [name, readFileSync(join(folder, name))]),
    ['libheif.LICENSE.txt', readFileSync(join(folder, 'LICENSE'))],
  ];
}

/** The notice for the user who switches HEIC on. */
export function heicNotice({ version }: HeicDecoder): string {
  return `HEIC is decoded by libheif-js ${version}, which you have installed. It is under the LGPL, and HEVC is patented in some countries: see docs/images.md`;
}
