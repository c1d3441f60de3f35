/** mozjpeg in WebAssembly, by jSquash. */
import { readFileSync } from 'node:fs';
import decode, { init } from '@jsquash/jpeg/decode.js';
import { pickNearest } from './nearest.js';

// jSquash expects a browser.
globalThis.ImageData = class {
  constructor(data, width, height) {
    Object.assign(this, { data, width, height });
  }
};
const ready = WebAssembly.compile(readFileSync(process.env.MOZJPEG_WASM)).then(init);

export async function readPixels(bytes) {
  await ready;
  return pickNearest({ ...(await decode(bytes)), channels: 4 });
}
