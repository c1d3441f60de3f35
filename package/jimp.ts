/** Entry point `bucketlens/jimp`: the function's decoders as formats of jimp. */

export { formats } from '../local/jimp/formats.ts';
