/** The models that the playground can choose among: what is built, and the one it was started with. */
import { InvalidModel, type ModelManifest } from '../../functions/classify/network/manifest.ts';
import { findModel, modelNames, readModelManifest } from './layer.ts';

export interface BuiltModel {
  readonly dir: string;
  readonly manifest: ModelManifest;
}

/**
 * The models, the one that was started with first.
 *
 * @param started A model's name, or the path of its folder.
 * @throws InvalidModel if there is none such; of the others, those that are damaged are left out.
 */
export function findBuiltModels(started: string): [BuiltModel, ...BuiltModel[]] {
  const first = open(started);
  const others = [...modelNames()].flatMap((name) => {
    try {
      return [open(name)];
    } catch (error) {
      if (error instanceof InvalidModel) return [];
      throw error;
    }
  });
  return [first, ...others.filter(({ manifest }) => manifest.name !== first.manifest.name)];
}

function open(nameOrPath: string): BuiltModel {
  const dir = findModel(nameOrPath);
  return { dir, manifest: readModelManifest(dir) };
}
