/** biome-ignore-all lint/suspicious/noControlCharactersInRegex: signatures are arbitrary bytes */
/** Recognises images that were damaged on the way to the bucket, and says what to change. */

interface MangledUpload {
  readonly name: string;
  /** Matches the first bytes, one character per byte. */
  readonly signature: RegExp;
  /** Completes 'NAME: …'. */
  readonly advice: string;
}

// Base64 of the signatures of JPEG, PNG, GIF, WebP, TIFF, BMP and AVIF.
const base64Image =
  '(/9j/|iVBORw0KGgo|R0lGOD|UklGR|SUkqA|TU0AK|Qk[A-Za-z0-9+/]{6}AAAA|AAAA[A-Za-z0-9+/]{2}Z0eXB)';

/** In the order in which they are tried. */
export const mangledUploads: readonly MangledUpload[] = [
  {
    name: 'data URI',
    signature: /^\s*["']?data:[a-z]+\/[a-z0-9.+-]+[;,]/i,
    advice: 'upload the bytes that the base64 after its comma encodes',
  },
  {
    name: 'base64 text',
    signature: new RegExp(`^\\s*["']?${base64Image}[A-Za-z0-9+/=\\r\\n]*["']?\\s*$`),
    advice: 'decode it before the upload; API Gateway needs binary media types and isBase64Encoded',
  },
  {
    name: 'multipart form',
    signature: /^\s*--[^\r\n]{1,100}\r?\n(content-[^\r\n]*\r?\n)*content-disposition: *form-data/i,
    advice:
      'the whole form was stored; upload the file alone, by PUT without FormData, or parse the form on your server',
  },
  {
    name: 'JSON of a Buffer',
    signature: /^\s*\{\s*"type"\s*:\s*"Buffer"\s*,\s*"data"\s*:\s*\[/,
    advice:
      'JSON.stringify has turned the bytes into numbers; upload the Buffer itself, or base64 that you decode',
  },
  {
    name: 'JSON of the bytes',
    signature: /^\s*(\{\s*"0"\s*:\s*\d+\s*,\s*"1"\s*:\s*\d|\[\s*(255\s*,\s*216\s*,|137\s*,\s*80\s*,))/,
    advice:
      'JSON.stringify has turned the bytes into numbers; upload the array itself, or base64 that you decode',
  },
  {
    name: 'JPEG read as UTF-8 text',
    signature: /^((\xEF\xBF\xBD){3}|\xC3\xBF\xC3\x98\xC3\xBF)/,
    advice:
      'reading it as text has destroyed its bytes; read and send the file as binary, without an encoding',
  },
  {
    name: 'PNG read as UTF-8 text',
    signature: /^(\xEF\xBF\xBD|\xC2\x89)PNG/,
    advice:
      'reading it as text has destroyed its bytes; read and send the file as binary, without an encoding',
  },
  {
    name: 'PNG with changed line ends',
    signature: /^\x89PNG[\r\n]+\x1A[\r\n]+/,
    advice: 'transfer it in binary mode; for Git, set `*.png binary` in .gitattributes',
  },
  {
    name: 'aws-chunked framing',
    signature:
      /^[0-9a-f]{1,8}(;chunk-signature=[0-9a-f]{64}\r\n|\r\n(\xFF\xD8\xFF|\x89PNG|GIF8|RIFF|BM|II\*|MM\0))/i,
    advice:
      "the chunks of an SDK were stored with the image; a proxy or server on the way does not decode aws-chunked: switch off the SDK's streaming checksums (requestChecksumCalculation WHEN_REQUIRED) or fix the server",
  },
  {
    name: 'gzip data',
    signature: /^\x1F\x8B/,
    advice: 'upload it unpacked, or with the header Content-Encoding: gzip',
  },
  {
    name: 'Zstandard data',
    signature: /^\x28\xB5\x2F\xFD/,
    advice: 'upload it unpacked, or with the header Content-Encoding: zstd',
  },
];
