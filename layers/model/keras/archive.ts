/** A .keras file: a zip of the model's configuration and its weights. Nothing is unpacked before its size is known. */
import { readFile } from 'node:fs/promises';
import { type UnzipFileInfo, unzipSync } from 'fflate';
import { UnusableModel } from '../unusable-model.ts';

export interface KerasArchive {
  /** The model's architecture as Keras describes it, unparsed. */
  readonly configJson: string;
  /** `3.15.1` */
  readonly kerasVersion: string;
  /** The HDF5 file with the weights. */
  readonly weights: Uint8Array;
}

// ConvNeXtXLarge, the largest network of keras.applications, has 1.4 GB of weights.
const maxEntryBytes = 1_500_000_000;
const maxEntries = 1000;
const neededEntries = new Set(['config.json', 'metadata.json', 'model.weights.h5']);

/** @throws UnusableModel if it is not a zip with the two entries, or would unpack to more than 1.5 GB. */
export async function readKerasArchive(path: string): Promise<KerasArchive> {
  const entries = unpack(await readFile(path), path);
  const entry = (name: string): Uint8Array => {
    const bytes = entries[name];
    if (bytes) return bytes;
    throw new UnusableModel(
      `${path} is a zip without ${name}, so not a .keras file; save the model with model.save('x.keras')`,
    );
  };
  return {
    configJson: new TextDecoder().decode(entry('config.json')),
    kerasVersion: versionIn(entries['metadata.json']),
    weights: entry('model.weights.h5'),
  };
}

// The first version that wrote .keras files.
const firstVersion = '2.12';

function versionIn(metadata: Uint8Array | undefined): string {
  if (!metadata) return firstVersion;
  const found = /"keras_version"\s*:\s*"([\d.]+)"/.exec(new TextDecoder().decode(metadata));
  return found?.[1] ?? firstVersion;
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
  if (!neededEntries.has(name)) return false;
  if (originalSize <= maxEntryBytes) return true;
  throw new UnusableModel(
    `${name} in ${path} unpacks to ${originalSize} bytes; at most ${maxEntryBytes} are accepted (a Lambda layer holds far less)`,
  );
}
