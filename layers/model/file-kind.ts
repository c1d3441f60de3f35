/** Recognises the kind of a file by its first bytes: people rename files. */
import { open } from 'node:fs/promises';
import { UnusableModel } from './unusable-model.ts';

/** `.h5`; `.keras`, which is a zip archive; `.onnx`; `.pth`, `.pt` or `.bin`; `.safetensors` */
export type FileKind = 'hdf5' | 'zip' | 'onnx' | 'pytorch' | 'safetensors';

/** @throws UnusableModel if it is none of them. */
export async function fileKind(path: string): Promise<FileKind> {
  const start = await firstBytes(path);
  if (start.startsWith('\x89HDF')) return 'hdf5';
  if (start.startsWith('PK\x03\x04')) return isPytorchArchive(start) ? 'pytorch' : 'zip';
  if (pickleStarts.some((protocol) => start.startsWith(protocol))) return 'pytorch';
  // The length of a header below 4 GB, and the header in JSON.
  if (start.slice(4, 9) === '\0\0\0\0{') return 'safetensors';
  // Field 1, the version of the format: every writer puts it first.
  if (start.startsWith('\x08')) return 'onnx';
  const found = start === '' ? 'is empty' : `begins with '${start.slice(0, 4).replace(/[^ -~]/g, '?')}'`;
  const hint = start.startsWith('<')
    ? ': it is a web page, so the address was not that of the file itself'
    : '';
  throw new UnusableModel(
    `${path} ${found}${hint}; expected a Keras file (.h5, .keras), an ONNX file (.onnx) or PyTorch weights (.pth, .safetensors)`,
  );
}

// Protocols 2 to 5.
const pickleStarts = ['\x80\x02', '\x80\x03', '\x80\x04', '\x80\x05'];

/** The name of an archive's first file begins after 30 bytes; Keras' archives have no folders at the start. */
function isPytorchArchive(start: string): boolean {
  return /^.{30}(\S+\/)?(data\.pkl|byteorder|version|archive_format|\.data|\.format|data\/|code\/|constants|serialized_)/s.test(
    start,
  );
}

async function firstBytes(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(256), 0, 256, 0);
    return buffer.toString('latin1', 0, bytesRead);
  } finally {
    await file.close();
  }
}
