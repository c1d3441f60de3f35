import { describe, expect, it } from 'vitest';
import { decodePrimary } from '../../../../../functions/classify/decode/heic/libheif.ts';
import { allocate, type Libheif } from '../../../../../functions/classify/decode/heic/memory.ts';
import { type WasmTable, WebAssembly } from '../../../../../functions/classify/decode/shared/web-assembly.ts';
import {
  CorruptImage,
  ImageTooLarge,
  UnsupportedFormat,
} from '../../../../../functions/classify/image/rejections.ts';

function versionOf(number: number) {
  return { _heif_get_version_number: () => number } as Libheif;
}
const size = { width: 1, height: 1 };

const Table = WebAssembly.Table as unknown as new (descriptor: object) => WasmTable;
const exports = { table: new Table({ element: 'anyfunc', initial: 1 }) };

/** A libheif of version 1.23 that reports a fault, or decodes an image of 2x2 pixels in lines of 12 bytes. */
function libheifOf({ code = 0, subcode = 0, message = '' }): Libheif {
  const [messageAt, planeAt] = [600, 900];
  const memory = new Uint8Array(1024);
  const view = new DataView(memory.buffer);
  let free = 64;
  memory.set(Buffer.from(`${message}\0`), messageAt);
  memory.set([1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0, 9, 10, 11, 12, 13, 14, 15, 16], planeAt);
  return {
    ...versionOf(0x01170200),
    HEAPU8: memory,
    _malloc: (bytes) => {
      free += bytes;
      return free - bytes;
    },
    _heif_get_decoder_descriptors: () => 1,
    _de265_set_parameter_bool: () => {},
    _heif_context_alloc: () => 8,
    _heif_context_read_from_memory_without_copy: (error) => {
      for (const [i, value] of [code, subcode, messageAt].entries())
        view.setUint32(error + 4 * i, value, true);
    },
    _heif_context_get_primary_image_handle: () => {},
    _heif_decode_image: () => {},
    _heif_image_get_width: () => 2,
    _heif_image_get_height: () => 2,
    _heif_image_get_plane_readonly2: (_image, _channel, stride) => {
      view.setUint32(stride, 12, true);
      return planeAt;
    },
  };
}

describe('decodePrimary', () => {
  it.each([
    [0x01180000, '1.24'],
    [0x02170000, '2.23'],
  ])('refuses a version of libheif whose structures it does not know: %i', (number, version) => {
    const decode = () => decodePrimary(versionOf(number), {}, Buffer.alloc(8), size);

    expect(decode).toThrow(
      `HEIC: its decoder is libheif ${version}, and 1.23 is needed: npm install libheif-js@1.23`,
    );
  });

  it('copies the pixels without the spare bytes between lines', () => {
    const bitmap = decodePrimary(libheifOf({}), exports, Buffer.alloc(8), { width: 2, height: 2 });

    expect(bitmap).toEqual({ width: 2, height: 2, data: Uint8Array.from({ length: 16 }, (_, i) => i + 1) });
  });

  it.each([
    [1, 2],
    [2, 1],
  ])('rejects an image of another size than the %ix%i of its header', (width, height) => {
    const decode = () => decodePrimary(libheifOf({}), exports, Buffer.alloc(8), { width, height });

    expect(decode).toThrow(CorruptImage);
    expect(decode).toThrow(`its header promises ${width}x${height}, and it is 2x2`);
  });

  it.each([
    ['damage', CorruptImage, { code: 2, message: 'Invalid input:\n  no boxes. ' }, 'Invalid input: no boxes'],
    [
      'a kind of file that it does not decode',
      UnsupportedFormat,
      { code: 4, message: 'No plugin.' },
      'HEIC: No plugin; save it as JPEG or PNG',
    ],
    [
      'a file beyond its limits',
      ImageTooLarge,
      { code: 6, subcode: 1000, message: 'Too many tiles' },
      'libheif limits it: Too many tiles',
    ],
  ])('names %s in the words of libheif', (_, kind, fault, message) => {
    const decode = () => decodePrimary(libheifOf(fault), exports, Buffer.alloc(8), size);

    expect(decode).toThrow(new kind(message));
  });

  it('refuses a build of libheif whose functions cannot be replaced', () => {
    expect(() => decodePrimary(versionOf(0x01170200), {}, Buffer.alloc(8), size)).toThrow(
      'libheif does not show its functions',
    );
  });
});

describe('allocate', () => {
  it('fails if there is no more memory', () => {
    expect(() => allocate({ _malloc: () => 0 } as unknown as Libheif, 8)).toThrow(
      'the decoder has no more memory',
    );
  });
});
