/** The models that the playground offers: the one it was started with, and all others that have been built. */
import { InvalidModel, type ModelManifest, readManifest } from '../../functions/classify/network/manifest.ts';
import { findModel, modelNames } from './layer.ts';

export interface BuiltModel {
  readonly dir: string;
  readonly manifest: ModelManifest;
}

/**
 * Lists the models, the one that was started with first.
 *
 * @param started A model's name, or the path of its folder.
 * @throws InvalidModel if that one does not exist or is damaged; other damaged models are left out.
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
  return { dir, manifest: readManifest(dir) };
}
