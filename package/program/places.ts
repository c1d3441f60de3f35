/** Replaces layers/places.ts in the package: models are built in the user's data folder, which outlives the package. */
import { join } from 'node:path';
import envPaths from 'env-paths';
import type * as clone from '../../layers/places.ts';

export const imagenetModel: typeof clone.imagenetModel = join(
  import.meta.dirname,
  'layers/model-efficientnet-lite0/model',
);

export const embeddedModels: typeof clone.embeddedModels = {
  'efficientnet-lite0': imagenetModel,
  'open-nsfw': join(import.meta.dirname, 'layers/model-open-nsfw/model'),
};

export const builtModels: typeof clone.builtModels = join(
  envPaths('bucketlens', { suffix: '' }).data,
  'models',
);
