import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { fileKind } from '../../../layers/model/file-kind.ts';
import { temporaryFolder } from './fixtures.ts';

// Their names say nothing.
const path = join(temporaryFolder(), 'model.bin');

function write(bytes: string | Uint8Array): void {
  writeFileSync(path, typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
}

function archiveOf(name: string): Uint8Array {
  return zipSync({ [name]: strToU8('{}') }, { level: 0 });
}

describe('the kind of a file', () => {
  it.each<[string, string | Uint8Array]>([
    ['hdf5', '\x89HDF\r\n\x1a\n'],
    ['zip', archiveOf('metadata.json')],
    ['pytorch', archiveOf('archive/data.pkl')],
    ['pytorch', archiveOf('archive_format')],
    ['pytorch', '\x80\x02\x8a\n'],
    ['pytorch', '\x80\x05\x8a\n'],
    ['safetensors', '\x40\0\0\0\0\0\0\0{"__metadata__"'],
    ['onnx', '\x08\x08'],
  ])('is %s by its first bytes', async (kind, bytes) => {
    write(bytes);

    expect(await fileKind(path)).toBe(kind);
  });

  it.each([
    ['', `${path} is empty; expected a Keras file`],
    ['\x80\x01', `${path} begins with '??'; expected a Keras file`],
    [
      '<!DOCTYPE html>',
      `${path} begins with '<!DO': it is a web page, so the address was not that of the file itself; expected a Keras file (.h5, .keras), an ONNX file (.onnx) or PyTorch weights (.pth, .safetensors)`,
    ],
  ])('is refused where it is none: %j', async (bytes, message) => {
    write(bytes);

    await expect(fileKind(path)).rejects.toThrow(message);
  });
});
