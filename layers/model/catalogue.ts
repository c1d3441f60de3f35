/** The networks whose weights can be fetched by name, from the addresses that Keras itself uses. */
import { existsSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { LabelList } from './labels.ts';

export interface PublishedWeights {
  readonly url: string;
  /** The digest that keras.applications checks. */
  readonly md5: string;
  readonly source: string;
  readonly licence: string;
  /** The file with the licence's text, relative to this folder. */
  readonly licenceFile: string;
}

function resnet(title: string, md5: string): PublishedWeights {
  return {
    url: `https://storage.googleapis.com/tensorflow/keras-applications/resnet/${title.toLowerCase()}_weights_tf_dim_ordering_tf_kernels.h5`,
    md5,
    source: `${title} of keras.applications, trained on ImageNet (weights by Kaiming He, Xiangyu Zhang, Shaoqing Ren and Jian Sun, ported by the Keras team)`,
    licence: 'MIT',
    licenceFile: 'keras/LICENSE.resnet-weights.txt',
  };
}

export const publishedWeights: Readonly<Record<string, PublishedWeights>> = {
  resnet50: resnet('ResNet50', '2cb95161c43110f7111970584f804107'),
  resnet101: resnet('ResNet101', 'f1aeb4b969a6efcfb50fad2f0c20cfc5'),
  resnet152: resnet('ResNet152', '100835be76be38e30d865e96f2aaae62'),
};

/**
 * Copies the texts of the licences that a model folder carries: that of published weights, and the one next to a label file of this
 * project.
 *
 * @param labels The network's own, unless the user gives others.
 */
export async function copyLicences(
  published: PublishedWeights | undefined,
  labels: LabelList | string | undefined,
  folder: string,
): Promise<void> {
  if (published)
    await copyFile(join(import.meta.dirname, published.licenceFile), join(folder, 'LICENSE.weights.txt'));
  if (typeof labels !== 'string') return;
  const labelsLicence = join(dirname(labels), 'LICENSE.labels.txt');
  if (existsSync(labelsLicence)) await copyFile(labelsLicence, join(folder, basename(labelsLicence)));
}
