/** A folder as the Hugging Face hub keeps image classifiers: its network, labels, preprocessing and licence. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import type { HeadOptions } from '../../../functions/classify/network/head.ts';
import { imagenetClasses, imagenetLabels } from '../imagenet.ts';
import type { LabelList } from '../labels.ts';
import { shown, UnusableModel } from '../unusable-model.ts';
import { type KnownPreprocessing, parseImageProcessor } from './image-processor.ts';
import { readJsonFile } from './json-file.ts';
import { licenceOf } from './model-card.ts';
import { pretrainedSchema, timmPreprocessing } from './timm-config.ts';

/** Everything such a folder tells about its network. */
export interface Repository {
  /** The network's class: `ViTForImageClassification`, or timm's name. */
  readonly architecture: string;
  readonly channels: 1 | 3;
  /** A list, or the file with ImageNet's labels. */
  readonly labels?: LabelList | string;
  /** The activation that transformers' pipeline applies to the logits. */
  readonly head: HeadOptions;
  readonly known?: KnownPreprocessing;
  /** From the model card. */
  readonly licence?: string;
}

const configSchema = v.looseObject({
  architectures: v.nullish(v.array(v.string())),
  architecture: v.nullish(v.string()),
  id2label: v.nullish(v.record(v.string(), v.string())),
  label_names: v.nullish(v.array(v.string())),
  num_classes: v.nullish(v.number()),
  num_channels: v.nullish(v.picklist([1, 3])),
  problem_type: v.nullish(
    v.picklist(
      ['single_label_classification', 'multi_label_classification'],
      'must be single_label_classification or multi_label_classification',
    ),
  ),
  pretrained_cfg: v.nullish(pretrainedSchema),
});

type Config = v.InferOutput<typeof configSchema>;

/** Tells whether a folder has that shape. */
export function isRepository(folder: string): boolean {
  return existsSync(join(folder, 'config.json'));
}

/**
 * Reads the configuration files of a folder.
 *
 * @throws UnusableModel if it is not an image classifier, or a file is damaged or asks for a step that is not supported.
 */
export async function readRepository(folder: string): Promise<Repository> {
  const path = join(folder, 'config.json');
  const config = await readJsonFile(path, configSchema);
  if (!config)
    throw new UnusableModel(`${path} is missing; expected an image classifier of transformers or timm`);
  const labels = labelsOf(config, path);
  const channels = config.num_channels ?? 3;
  const known = await knownPreprocessing(config, channels, folder);
  const licence = licenceOf(await readFile(join(folder, 'README.md'), 'utf8').catch(() => ''));
  const isMultiLabel = config.problem_type === 'multi_label_classification' || labels?.length === 1;
  return {
    architecture: architectureOf(config, path),
    channels,
    ...(labels && { labels }),
    head: { activation: 'none', apply: isMultiLabel ? 'sigmoid' : 'softmax' },
    ...(known && { known }),
    ...(licence && { licence }),
  };
}

function architectureOf({ architecture, architectures }: Config, path: string): string {
  const name = architecture ?? architectures?.[0];
  if (architecture || name?.includes('ForImageClassification')) return name!;
  throw new UnusableModel(
    `${path} describes ${shown(name ?? 'a network without an architecture')}; expected an image classifier, whose architecture is called ...ForImageClassification`,
  );
}

function labelsOf(
  { id2label, label_names, num_classes }: Config,
  path: string,
): LabelList | string | undefined {
  if (label_names) return label_names;
  // timm takes networks of 1000 classes without names for ImageNet's, too.
  if (!id2label) return num_classes === imagenetClasses ? imagenetLabels : undefined;
  const count = Object.keys(id2label).length;
  return Array.from({ length: count }, (_, i) => {
    const label = id2label[i];
    if (label !== undefined) return label;
    throw new UnusableModel(`${path}: id2label has ${count} labels, and none for class ${i}`);
  });
}

async function knownPreprocessing(
  { pretrained_cfg }: Config,
  channels: 1 | 3,
  folder: string,
): Promise<KnownPreprocessing | undefined> {
  const path = join(folder, 'preprocessor_config.json');
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text !== undefined && !/"(image_processor|feature_extractor)_type":\s*"TimmWrapper/.test(text)) {
    return parseImageProcessor(text, channels, path);
  }
  return pretrained_cfg ? timmPreprocessing(pretrained_cfg, join(folder, 'config.json')) : undefined;
}
