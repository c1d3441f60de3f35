/** A .keras file: a zip of the model's configuration and its weights. Nothing is unpacked before its size is known. */
import { readFile } from 'node:fs/promises';
import { type UnzipFileInfo, unzipSync } from 'fflate';
import { UnusableModel } from '../unusable-model.ts';

export interface KerasArchive {
  /** The model's architecture as Keras describes it, unparsed. */
  readonly configJson: string;
  /** The HDF5 file with the weights. */
  readonly weights: Uint8Array;
}

// A Lambda function and its layers may have 262 MB together, so nothing much larger can be of use.
const maxEntryBytes = 500_000_000;
const maxEntries = 1000;

/** @throws UnusableModel if it is not a zip with the two entries, or would unpack to more than 500 MB. */
export async function readKerasArchive(path: string): Promise<KerasArchive> {
  const entries = unpack(await readFile(path), path);
  const entry = (name: string): Uint8Array => {
    const bytes = entries[name];
    if (bytes) return bytes;
    throw new UnusableModel(
      `${path} is a zip without ${name}, so not a .keras file; save the model with model.save('x.keras')`,
    );
  };
  return { configJson: new TextDecoder().decode(entry('config.json')), weights: entry('model.weights.h5') };
}

function unpack(bytes: Uint8Array, path: string): Record<string, Uint8Array> {
  const declaredBytes = new Map<string, number>();
  let entries: Record<string, Uint8Array>;
  try {
    entries = unzipSync(bytes, { filter: (entry) => isNeeded(entry, path, declaredBytes) });
  } catch (error) {
    if (error instanceof UnusableModel) throw error;
    throw new UnusableModel(
      `${path} is a damaged zip (${(error as Error).message}): copy or download it again`,
    );
  }
  for (const [name, entry] of Object.entries(entries)) {
    if (entry.length !== declaredBytes.get(name))
      throw new UnusableModel(`${name} in ${path} is damaged: copy or download it again`);
  }
  return entries;
}

function isNeeded(
  { name, originalSize }: UnzipFileInfo,
  path: string,
  declaredBytes: Map<string, number>,
): boolean {
  if (declaredBytes.size >= maxEntries) {
    throw new UnusableModel(`${path} is a zip with more than ${maxEntries} entries, so not a .keras file`);
  }
  if (declaredBytes.has(name))
    throw new UnusableModel(`${path} holds ${name} twice: copy or download it again`);
  declaredBytes.set(name, originalSize);
  if (name !== 'config.json' && name !== 'model.weights.h5') return false;
  if (originalSize <= maxEntryBytes) return true;
  throw new UnusableModel(
    `${name} in ${path} unpacks to ${originalSize} bytes; at most ${maxEntryBytes} are accepted (a Lambda layer holds far less)`,
  );
}
