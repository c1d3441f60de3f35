/** The folders of models in a clone; the npm package has other ones (package/program/places.ts). */
import { join } from 'node:path';

/** The embedded networks' model folders, by name. */
export const embeddedModels: Readonly<Record<string, string>> = {
  'efficientnet-lite0': join(import.meta.dirname, 'model/efficientnet-lite0'),
  'open-nsfw': join(import.meta.dirname, 'model/open-nsfw'),
};

/** The network whose labels and ancestors, those of ImageNet, other models share. */
export const imagenetModel = join(import.meta.dirname, 'model/efficientnet-lite0');

/** The folder in which models are built, a folder each. */
export const builtModels = join(import.meta.dirname, '../build/models');
