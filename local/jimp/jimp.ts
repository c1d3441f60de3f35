/** The class that draws the pictures of the commands and the playground, with no more of jimp than they need: it loads faster. */
import { createJimp } from '@jimp/core';
import { methods as cover } from '@jimp/plugin-cover';
import { decodeUpright } from './decoder.ts';
import { formats } from './formats.ts';

export const Jimp = createJimp({ formats, plugins: [cover] });

/**
 * Opens an image that the function decodes, upright.
 *
 * @throws ImageRejection as `decode` does
 */
export async function openPicture(bytes: Uint8Array) {
  return new Jimp(await decodeUpright(bytes));
}
