import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { identify } from '../../../../functions/classify/decode/signature.ts';
import { UnsupportedFormat } from '../../../../functions/classify/image/rejections.ts';
import { goldens, readImage } from '../../../goldens/goldens.ts';

const jpeg = Buffer.from(readImage('odd_17x13_420.jpg'));
const png = Buffer.from(readImage('tiny_3x2.png'));
const base64 = jpeg.toString('base64');

function changedLineEnds(from: string, to: string) {
  return Buffer.from(png.toString('latin1').replaceAll(from, to), 'latin1');
}
function multipart(headers: string, boundary = '----WebKitFormBoundaryx') {
  return Buffer.concat([Buffer.from(`--${boundary}\r\n${headers}\r\n\r\n`), jpeg]);
}
const chunkSignature = `;chunk-signature=${'a'.repeat(64)}`;

it.each([
  ['base64 text', base64],
  ['base64 text', `"${base64}"`],
  ['base64 text', `${base64.replaceAll(/.{76}/g, '$&\r\n')}\n`],
  ['data URI', `data:image/jpeg;base64,${base64}`],
  ['multipart form', multipart('Content-Disposition: form-data; name="file"; filename="a.jpg"')],
  ['multipart form', multipart('Content-Type: image/jpeg\r\ncontent-disposition: form-data; name="a"')],
  ['JSON of a Buffer', JSON.stringify(jpeg)],
  ['JSON of a Buffer', JSON.stringify(jpeg, undefined, 2)],
  ['JSON of the bytes', JSON.stringify(new Uint8Array(jpeg))],
  ['JSON of the bytes', JSON.stringify([...png])],
  ['JPEG read as UTF-8 text', jpeg.toString('utf8')],
  ['JPEG read as UTF-8 text', jpeg.toString('latin1')],
  ['PNG read as UTF-8 text', png.toString('utf8')],
  ['PNG read as UTF-8 text', png.toString('latin1')],
  ['PNG with changed line ends', changedLineEnds('\r\n', '\n')],
  ['PNG with changed line ends', changedLineEnds('\n', '\r\n')],
  ['PNG with changed line ends', changedLineEnds('\r\n', '\r')],
  ['aws-chunked framing', Buffer.concat([Buffer.from(`2d0${chunkSignature}\r\n`), jpeg])],
  ['aws-chunked framing', Buffer.concat([Buffer.from('2d0\r\n'), png])],
  ['gzip data', gzipSync(jpeg)],
  ['Zstandard data', Buffer.from('28b52ffd2400', 'hex')],
])('names an upload that broke on the way, and what to change: %s', (name, upload) => {
  const act = () => identify(Buffer.from(upload));

  expect(act).toThrow(UnsupportedFormat);
  expect(act).toThrow(new RegExp(`^${name}: .*(upload|decode|binary|fix)`));
});

it.each(goldens.filter(({ format }) => !['ico', 'ppm', 'jpeg2000'].includes(format)))(
  'recognises base64 text of every format: $file',
  ({ file }) => {
    const text = Buffer.from(readImage(file)).toString('base64');

    expect(() => identify(Buffer.from(text))).toThrow(/^base64 text: /);
  },
);

it.each([
  'iVBORw0KGgo is how every PNG begins',
  '--- a\n+++ b\n',
  '{"type": "Buffer"}',
  '[1, 2, 3]',
  'data: none',
])('takes text for plain text that only resembles one: %s', (text) => {
  expect(() => identify(Buffer.from(text))).toThrow(/^plain text; supported are/);
});

it('stays fast on text made to slow its patterns down', () => {
  for (const text of ['content-a:\n', '/9j/ ', ' ', '\n', '--']) {
    expect(() => identify(Buffer.from(`--x\n${text.repeat(1_000_000)}`))).toThrow(UnsupportedFormat);
    expect(() => identify(Buffer.from(text.repeat(1_000_000)))).toThrow(UnsupportedFormat);
  }
});
