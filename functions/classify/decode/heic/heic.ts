/**
 * The HEIC format, decoded by libheif in WebAssembly. HEVC is patented in some countries, so users install the decoder themselves
 * (docs/images.md): it is read at run time and never bundled.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import type { UndecodedImage } from '../../image/image.ts';
import { UnsupportedFormat } from '../../image/rejections.ts';
import { readPrimaryItem } from '../shared/heif.ts';
import { pathOfCode, startWasm, type WasmDecoder } from '../shared/wasm.ts';
import { WebAssembly } from '../shared/web-assembly.ts';
import { decodePrimary } from './libheif.ts';
import type { Libheif } from './memory.ts';
import { uprightSize } from './transformations.ts';

/** The files of libheif-js that decode, which stand in one folder: the bundle's, or the one that `folderVariable` names. */
export const heicFiles = ['libheif.js', 'libheif.wasm'] as const;

/** The environment variable with the folder of the decoder. */
export const folderVariable = 'BUCKETLENS_HEIC';

/** The command that installs the decoder. Its version is the one that libheif.ts knows. */
export const installation = 'npm install libheif-js@1.23';

/** Completes 'HEIC: …' where it is switched off. */
export const howToSwitchOn =
  `its decoder is not part of Bucketlens: ${installation}, then deploy with -c heic=true and your other settings, or use the option ` +
  '--heic (docs/images.md); or save the image as JPEG';

export function isSwitchedOn(): boolean {
  return folderOfDecoder() !== undefined;
}

function folderOfDecoder(): string | undefined {
  const named = process.env[folderVariable];
  if (named) return resolve(named);
  const beside = dirname(pathOfCode());
  return existsSync(join(beside, heicFiles[0])) ? beside : undefined;
}

/** @throws {Error} the folder lacks a file: the deployment is incomplete */
export async function load(): Promise<void> {
  if (decoder) return;
  const [code, compiled] = heicFiles.map((name) => join(folderOfDecoder()!, name));
  decoder = {
    create: createRequire(pathOfCode())(code),
    compiled: await WebAssembly.compile(readFileSync(compiled)),
  };
}

let decoder: WasmDecoder<Libheif> | undefined;

/** Equals pillow-heif, which uses the same library: upright by the file's own transformations, whatever its EXIF says. */
export function open(bytes: Uint8Array): UndecodedImage {
  const item = readPrimaryItem(bytes);
  checkCoding(item.coding);
  const size = uprightSize(item);
  const memory = item.width * item.height * bytesPerPixel;
  const decode = () =>
    startWasm(decoder!, memory, (libheif, exports) => decodePrimary(libheif, exports, bytes, size));
  return {
    ...size,
    // A crop may leave few of the pixels that are decoded.
    bytesPerPixel: memory / (size.width * size.height),
    orientation: 1,
    decode,
  };
}

function checkCoding(coding: string | undefined): void {
  if (coding === 'hvc1' || coding === 'grid') return;
  throw new UnsupportedFormat(
    `HEIF whose main image is coded as '${coding ?? 'unknown'}', not as HEVC; save it as JPEG or PNG`,
  );
}

const bytesPerPixel = 23;
