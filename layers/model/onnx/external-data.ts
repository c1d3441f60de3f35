/** The files next to an ONNX file that hold its weights. */
import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { UnusableModel } from '../unusable-model.ts';
import { external, type GraphProto } from './proto.ts';

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
