/** What a file is, seen from its first bytes: people rename files. */
import { open } from 'node:fs/promises';
import { UnusableModel } from './unusable-model.ts';

/** `.h5`; `.keras`, which is a zip; `.onnx` */
export type FileKind = 'hdf5' | 'zip' | 'onnx';

/** @throws UnusableModel if it is none of them. */
export async function fileKind(path: string): Promise<FileKind> {
  const start = await firstBytes(path);
  if (start === '\x89HDF') return 'hdf5';
  if (start === 'PK\x03\x04') return 'zip';
  // Field 1, the version of the format: every writer puts it first.
  if (start.startsWith('\x08')) return 'onnx';
  const found = start === '' ? 'is empty' : `begins with '${start.replace(/[^ -~]/g, '?')}'`;
  const hint = start.startsWith('<')
    ? ': it is a web page, so the address was not that of the file itself'
    : '';
  throw new UnusableModel(
    `${path} ${found}${hint}; expected a Keras file (.h5, .keras) or an ONNX file (.onnx)`,
  );
}

async function firstBytes(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0);
    return buffer.toString('latin1', 0, bytesRead);
  } finally {
    await file.close();
  }
}
