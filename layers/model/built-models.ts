/** The models that the playground offers: the one it was started with, and all others that have been built. */
import { type GivenLabelRules, InvalidLabelRules } from '../../functions/classify/network/label-rules.ts';
import { InvalidModel, type ModelManifest, readManifest } from '../../functions/classify/network/manifest.ts';
import { readModelLabels } from '../../functions/classify/network/model-labels.ts';
import { findModel, modelNames } from './layer.ts';

export interface BuiltModel {
  readonly dir: string;
  readonly manifest: ModelManifest;
  /** Rules in place of the model's own ones. */
  readonly labelRules?: GivenLabelRules;
}

/**
 * Lists the models, the one that was started with first.
 *
 * @param started A model's name, or the path of its folder.
 * @param labelRules Rules for that model, and for all others whose labels they fit.
 * @throws InvalidModel if that model does not exist or is damaged, InvalidLabelRules if the rules do not fit it; other damaged
 *   models are left out.
 */
export function findBuiltModels(
  started: string,
  labelRules?: GivenLabelRules,
): [BuiltModel, ...BuiltModel[]] {
  const first = open(started);
  const others = [...modelNames()].flatMap((name) => {
    try {
      return [open(name)];
    } catch (error) {
      if (error instanceof InvalidModel) return [];
      throw error;
    }
  });
  const distinct = others.filter(({ manifest }) => manifest.name !== first.manifest.name);
  if (!labelRules) return [first, ...distinct];
  readModelLabels(first.dir, first.manifest, labelRules);
  return [
    { ...first, labelRules },
    ...distinct.map((model) => (fits(labelRules, model) ? { ...model, labelRules } : model)),
  ];
}

function fits(labelRules: GivenLabelRules, { dir, manifest }: BuiltModel): boolean {
  try {
    readModelLabels(dir, manifest, labelRules);
    return true;
  } catch (error) {
    if (error instanceof InvalidLabelRules || error instanceof InvalidModel) return false;
    throw error;
  }
}

function open(nameOrPath: string): BuiltModel {
  const dir = findModel(nameOrPath);
  return { dir, manifest: readManifest(dir) };
}
