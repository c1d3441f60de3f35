import { describe, expect, it } from 'vitest';
import { readJpegHeader } from '../../../../../../functions/classify/decode/jpeg/syntax/header.ts';
import { findScans } from '../../../../../../functions/classify/decode/jpeg/syntax/scans.ts';
import { CorruptImage, UnsupportedFormat } from '../../../../../../functions/classify/image/rejections.ts';
import { decodeToRgb, smallJpegs } from '../fixtures/fixtures.ts';

const startOfScan = Buffer.from('ffda', 'hex');
const colourful = smallJpegs.filter(
  ({ kind, bytes }) => kind === 'made by Pillow' && readJpegHeader(bytes).components.length === 3,
);
const progressive = Buffer.from(colourful.find(({ bytes }) => readJpegHeader(bytes).isProgressive)!.bytes);
const baseline = Buffer.from(colourful.find(({ bytes }) => !readJpegHeader(bytes).isProgressive)!.bytes);

/** The id of the frame's first component. */
const id = '01';

/** A marker segment from its code and its content after the length, both in hexadecimal. */
function segment(code: string, content: string): Buffer {
  const body = Buffer.from(content, 'hex');
  const head = Buffer.from(`ff${code}0000`, 'hex');
  head.writeUInt16BE(2 + body.length, 2);
  return Buffer.concat([head, body]);
}
function scan(content: string) {
  return segment('da', content);
}

function insert(bytes: Buffer, at: number, more: Buffer) {
  return Buffer.concat([bytes.subarray(0, at), more, bytes.subarray(at)]);
}
/** Inserts bytes into a progressive file between its first two scans. */
function betweenScans(more: Buffer) {
  return insert(progressive, progressive.indexOf(startOfScan, progressive.indexOf(startOfScan) + 2), more);
}
/** Inserts bytes into a baseline file between its only scan and its end. */
function behindScan(more: Buffer) {
  return insert(baseline, baseline.length - 2, more);
}

function ones(count: number) {
  return '01'.repeat(count);
}

describe('segments between the scans of a JPEG', () => {
  it.each([
    ['a quantization table for a fifth place', segment('db', `04${ones(64)}`), 'a broken quantization table'],
    ['a quantization table of 63 steps', segment('db', `00${ones(63)}`), 'a broken quantization table'],
    ['a quantization table of 127 bytes', segment('db', `10${ones(127)}`), 'a broken quantization table'],
    [
      'a Huffman table with index 4',
      segment('c4', `04${ones(1)}${'00'.repeat(15)}00`),
      'a broken Huffman table',
    ],
    [
      'a Huffman table of 257 codes',
      segment('c4', `00${'00'.repeat(14)}8180${ones(257)}`),
      'a broken Huffman table',
    ],
    [
      'a Huffman table that lacks a symbol',
      segment('c4', `0002${'00'.repeat(15)}00`),
      'a broken Huffman table',
    ],
    ['a restart interval of three bytes', segment('dd', '000000'), 'a broken restart interval'],
    ['a second frame', segment('c0', '080010001001012200'), 'a second frame header'],
    ['the last kind of frame', segment('cf', '080010001001012200'), 'a second frame header'],
    ['an unknown marker', segment('02', ''), 'unknown marker ff02'],
    ['a marker that JPEG has reserved', segment('f0', ''), 'unknown marker fff0'],
    ['a table without a length', Buffer.from('ffdd0001', 'hex'), 'a marker segment of length 1'],
    ['arithmetic conditioning of half a table', segment('cc', '00'), 'a broken arithmetic conditioning'],
    ['arithmetic conditioning of table 32', segment('cc', '2000'), 'a broken arithmetic conditioning'],
    ['arithmetic conditioning upside down', segment('cc', '0012'), 'a broken arithmetic conditioning'],
    ['arithmetic conditioning without one', Buffer.from('ffcc0000', 'hex'), 'a marker segment of length 0'],
    ['a segment beyond the end', Buffer.from('ffe0ffff', 'hex'), 'the data end before the image is complete'],
    ['a scan of nothing', scan('00003f00'), 'a broken scan header'],
    ['a scan of five components', scan(`05${'0100'.repeat(5)}000000`), 'a broken scan header'],
    ['a scan with a byte too many', scan(`01${id}0001010000`), 'a broken scan header'],
    [
      'a scan of a component that is not in the frame',
      scan('017700000000'),
      'a scan of component 119, which the frame does not have or has earlier',
    ],
    ['a scan of the last component twice', scan('0203000300000000'), 'a scan with the same component twice'],
    ['a scan of components out of order', scan('0202000100000000'), 'a scan of component 1, which'],
    ['a scan of DC and AC', scan(`01${id}00003f00`), 'a broken progressive scan'],
    ['a scan of a band that ends before it begins', scan(`01${id}00050400`), 'a broken progressive scan'],
    ['a scan of a band beyond the 63rd', scan(`01${id}00014000`), 'a broken progressive scan'],
    ['a scan of AC of two components', scan(`02${id}000200013f00`), 'a broken progressive scan'],
    ['a scan that leaves a bit out', scan(`01${id}00013f31`), 'a broken progressive scan'],
    ['a scan of the fourteenth bit', scan(`01${id}00013f0e`), 'a broken progressive scan'],
    ['a scan by a Huffman table that is not there', scan(`01${id}03013f00`), 'a Huffman table is missing'],
    ['a scan of DC by a table that is not there', scan(`01${id}30000000`), 'a Huffman table is missing'],
  ])('are rejected: %s', (_, damage, message) => {
    const bytes = betweenScans(damage);

    expect(() => decodeToRgb(bytes)).toThrow(CorruptImage);
    expect(() => decodeToRgb(bytes)).toThrow(message);
  });

  it.each([
    ['the first application marker', segment('e0', '00')],
    ['the last application marker', segment('ef', '')],
    ['a comment', segment('fe', '68656c6c6f')],
    ['a comment without a length', Buffer.from('fffe0000', 'hex')],
    ['an application marker without a length', Buffer.from('ffe10001', 'hex')],
    ['a number of lines', segment('dc', '0001')],
    ['arithmetic conditioning', segment('cc', '0010')],
    ['a marker without a segment', Buffer.from('ff01', 'hex')],
    ['a segment of no tables', segment('db', '')],
    ['a Huffman table of 256 codes', segment('c4', `03${'00'.repeat(14)}01ff${ones(256)}`)],
    ['unused tables', segment('db', `13${'0001'.repeat(64)}`)],
  ])('are ignored: %s', (_, more) => {
    expect(decodeToRgb(betweenScans(more))).toEqual(decodeToRgb(progressive));
    expect(decodeToRgb(behindScan(more))).toEqual(decodeToRgb(baseline));
  });
});

/** A baseline file of components with these sampling factors, in one scan without data. */
function oneScanOf(...factors: string[]): Buffer {
  const count = `0${factors.length}`;
  const frame = factors.map((factor, i) => `0${i}${factor}00`).join('');
  return Buffer.concat([
    Buffer.from('ffd8', 'hex'),
    segment('db', `00${ones(64)}`),
    segment('c0', `0800100010${count}${frame}`),
    scan(`${count}${factors.map((_, i) => `0${i}00`).join('')}003f00`),
    Buffer.from('ffd9', 'hex'),
  ]);
}

describe('findScans', () => {
  it.each([
    ['ten blocks an MCU', oneScanOf('22', '22', '11', '11')],
    ['one component, whose factors do not count', oneScanOf('44')],
  ])('accepts a scan of %s', (_, bytes) => {
    expect(findScans(bytes, readJpegHeader(bytes))).toHaveLength(1);
  });

  it('rejects a scan of eleven blocks an MCU', () => {
    const bytes = oneScanOf('22', '22', '11', '21');

    expect(() => findScans(bytes, readJpegHeader(bytes))).toThrow(
      new CorruptImage('a scan of 11 blocks an MCU'),
    );
  });

  it('rejects a component whose quantization table is missing', () => {
    const bytes = oneScanOf('11');
    bytes[bytes.indexOf(segment('c0', '').subarray(0, 2)) + 12] = 1;

    expect(() => findScans(bytes, readJpegHeader(bytes))).toThrow(
      new CorruptImage('a quantization table is missing'),
    );
  });

  it.each([
    ['the thirteenth bit', scan(`01${id}0000000d`)],
    ['the next bit of DC, which needs no Huffman table', scan(`01${id}30000010`)],
  ])('accepts a scan of %s', (_, more) => {
    const header = readJpegHeader(progressive);

    expect(findScans(betweenScans(more), header)).toHaveLength(findScans(progressive, header).length + 1);
  });

  it('accepts up to 100 scans', () => {
    const header = readJpegHeader(progressive);
    const spare = 100 - findScans(progressive, header).length;
    const filled = (count: number) => betweenScans(Buffer.concat(Array(count).fill(scan(`01${id}00000001`))));

    expect(findScans(filled(spare), header)).toHaveLength(100);
    expect(() => findScans(filled(spare + 1), header)).toThrow('JPEG with more than 100 scans');
  });
});

/** A lossless file of three components, with a Huffman table at place 0 and these scans. */
function losslessOf(...scans: string[]): Buffer {
  return Buffer.concat([
    Buffer.from('ffd8', 'hex'),
    segment('c3', '080001000103011100021100031100'),
    segment('c4', `0001${'00'.repeat(15)}00`),
    ...scans.map(scan),
    Buffer.from('ffd9', 'hex'),
  ]);
}

describe('findScans, lossless', () => {
  it('returns the predictor and the point transform, and needs no quantization table', () => {
    const bytes = losslessOf('03010002000300070001');

    expect(findScans(bytes, readJpegHeader(bytes))).toMatchObject([{ Ss: 7, Se: 0, Ah: 0, Al: 1 }]);
  });

  it.each([
    ['predictor 0', '000000'],
    ['predictor 8', '080000'],
    ['an end of a band', '013f00'],
    ['bits sent earlier', '010010'],
    ['no bits', '010008'],
  ])('rejects a scan with %s', (_, parameters) => {
    const bytes = losslessOf(`03010002000300${parameters}`);

    expect(() => findScans(bytes, readJpegHeader(bytes))).toThrow(new CorruptImage('a broken lossless scan'));
  });

  it('rejects a scan whose Huffman table is missing, as no table is standard', () => {
    const bytes = losslessOf('03010002100300010000');

    expect(() => findScans(bytes, readJpegHeader(bytes))).toThrow(
      new CorruptImage('a Huffman table is missing'),
    );
  });

  it('rejects a file without a scan of a component', () => {
    const whole = losslessOf('0201000200010000', '010300010000');
    const partial = losslessOf('0201000200010000', '010200010000');

    expect(findScans(whole, readJpegHeader(whole))).toHaveLength(2);
    expect(() => findScans(partial, readJpegHeader(partial))).toThrow(
      new CorruptImage('a component without a scan'),
    );
  });

  it('refuses a second scan of a component', () => {
    const bytes = losslessOf('0201000200010000', '0202000300010000');

    expect(() => findScans(bytes, readJpegHeader(bytes))).toThrow(
      new UnsupportedFormat('lossless JPEG with several scans of a component; save it as PNG'),
    );
  });
});

describe('findScans of sequential files with several scans', () => {
  const frame = segment('c0', '080010001002011100021100');
  const tables = Buffer.concat([segment('db', `00${'01'.repeat(64)}`)]);
  const fileOf = (...scans: string[]) =>
    Buffer.concat([
      Buffer.from('ffd8', 'hex'),
      tables,
      frame,
      ...scans.map((parameters) => segment('da', parameters)),
      Buffer.from('ffd9', 'hex'),
    ]);
  const [first, second] = ['010100003f00', '010200003f00'];

  it.each([
    ['a scan of each component', [first, second], 2],
    ['no scan of a component', [first], 1],
  ])('accepts %s', (_, scans, count) => {
    const bytes = fileOf(...scans);

    expect(findScans(bytes, readJpegHeader(bytes))).toHaveLength(count);
  });

  it('refuses a second scan of a component, in which libjpeg-turbo keeps coefficients of the first', () => {
    const bytes = fileOf(first, first);

    expect(() => findScans(bytes, readJpegHeader(bytes))).toThrow(
      new UnsupportedFormat('sequential JPEG with several scans of a component; save it as PNG'),
    );
  });
});

describe('the rest of a JPEG after its only scan', () => {
  it.each([
    ['an unknown marker', segment('02', ''), 'unknown marker ff02'],
    ['a broken table', segment('dd', '000000'), 'a broken restart interval'],
    ['a second frame', segment('c0', '080010001001012200'), 'a second frame header'],
  ])('is rejected: %s', (_, damage, message) => {
    expect(() => decodeToRgb(behindScan(damage))).toThrow(message);
  });

  it('may be truncated within a segment', () => {
    const cut = behindScan(Buffer.from('ffe0ffff', 'hex'));

    expect(decodeToRgb(cut)).toEqual(decodeToRgb(baseline));
  });

  it('may be another scan, which is ignored', () => {
    expect(decodeToRgb(behindScan(scan('00')))).toEqual(decodeToRgb(baseline));
  });
});
