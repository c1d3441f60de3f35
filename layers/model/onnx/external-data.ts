/** The files next to an ONNX file that hold its weights. */
import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { UnusableModel } from '../unusable-model.ts';
import { external, type GraphProto, type TensorProto } from './proto.ts';

/** Lists them, relative to the folder of the ONNX file. */
export function dataFilesOf({ initializer }: GraphProto): string[] {
  const locations = initializer
    .filter(({ dataLocation }) => dataLocation === external)
    .flatMap(({ externalData = [] }) => externalData.find(({ key }) => key === 'location')?.value ?? []);
  return [...new Set(locations)];
}

/** @throws UnusableModel if a file is missing, or lies outside the folder of the ONNX file. */
export function assertDataFiles(graph: GraphProto, path: string): void {
  for (const file of dataFilesOf(graph)) {
    if (isAbsolute(file) || file.split(/[/\\]/).includes('..')) {
      throw new UnusableModel(
        `${path} keeps its weights in ${file}, outside of its own folder: save it with its weights next to it`,
      );
    }
    if (!existsSync(join(dirname(path), file))) {
      throw new UnusableModel(
        `${path} keeps its weights in ${file}, which is not in the same folder: put it there`,
      );
    }
  }
}

/**
 * Reads the bytes of a tensor from its file.
 *
 * @param folder That of the ONNX file.
 * @throws UnusableModel if the file ends before them.
 */
export function readExternal({ name, externalData = [] }: TensorProto, folder: string): Uint8Array {
  const entry = (wanted: string) => externalData.find(({ key }) => key === wanted)?.value;
  const file = openSync(join(folder, entry('location')!), 'r');
  try {
    const offset = Number(entry('offset') ?? 0);
    // Without a length, the tensor takes the rest of the file.
    const bytes = new Uint8Array(Number(entry('length') ?? fstatSync(file).size - offset));
    if (readSync(file, bytes, 0, bytes.length, offset) === bytes.length) return bytes;
    throw new UnusableModel(`weight '${name}' is cut off: its file in ${folder} is too short`);
  } finally {
    closeSync(file);
  }
}

/** Moves the weights from other files into the graph itself. @param folder That of the ONNX file. */
export function embedData({ initializer }: GraphProto, folder: string): void {
  for (const tensor of initializer.filter(({ dataLocation }) => dataLocation === external)) {
    Object.assign(tensor, {
      rawData: readExternal(tensor, folder),
      dataLocation: undefined,
      externalData: [],
    });
  }
}
