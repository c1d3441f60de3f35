/** Tells from a repository's configuration if its weights can be converted, before they are fetched. */
import { join } from 'node:path';
import * as v from 'valibot';
import { isResnet } from '../pytorch/resnet-names.ts';
import { shown, UnusableModel } from '../unusable-model.ts';
import { readJsonFile } from './json-file.ts';
import { withoutOnnx } from './network-file.ts';

const configSchema = v.looseObject({
  architectures: v.nullish(v.array(v.string())),
  architecture: v.nullish(v.string()),
});

/** The values of transformers' ResNetConfig that are converted; timm's models have no arguments of their own. */
const usualDesign = {
  hidden_act: 'relu',
  downsample_in_bottleneck: false,
  downsample_in_first_stage: false,
  model_args: {},
};

/**
 * ONNX files need no conversion.
 *
 * @param folder With config.json. @param network The file of the network. @param name Of the repository, for messages.
 * @throws UnusableModel unless the weights are those of a ResNet of the usual design.
 */
export async function assertConvertible(folder: string, network: string, name: string): Promise<void> {
  if (network.endsWith('.onnx')) return;
  const path = join(folder, 'config.json');
  const config = (await readJsonFile(path, configSchema)) ?? {};
  const architecture = config.architecture ?? config.architectures?.[0] ?? 'unknown';
  if (!isResnet(architecture)) {
    const reason = `, and weights are converted of plain ResNets alone (its architecture is ${shown(architecture)})`;
    throw new UnusableModel(withoutOnnx(name, reason));
  }
  for (const [field, usual] of Object.entries(usualDesign)) {
    const value = config[field] ?? usual;
    if (JSON.stringify(value) === JSON.stringify(usual)) continue;
    const reason = `, and its weights are converted only with ${field} ${JSON.stringify(usual)} (config.json has ${shown(JSON.stringify(value))})`;
    throw new UnusableModel(withoutOnnx(name, reason));
  }
}
