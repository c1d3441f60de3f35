/** The parameter names of ResNets in torchvision, timm and Hugging Face -> those of torchvision. */
import type { StoredTensor, TensorMap } from './tensor-file.ts';

const huggingFaceNames: readonly (readonly [RegExp, string])[] = [
  [/^resnet\.embedder\.embedder\.convolution\./, 'conv1.'],
  [/^resnet\.embedder\.embedder\.normalization\./, 'bn1.'],
  [/^resnet\.encoder\.stages\.(\d+)\.layers\.(\d+)\.shortcut\.convolution\./, 'layer$1.$2.downsample.0.'],
  [/^resnet\.encoder\.stages\.(\d+)\.layers\.(\d+)\.shortcut\.normalization\./, 'layer$1.$2.downsample.1.'],
  [/^resnet\.encoder\.stages\.(\d+)\.layers\.(\d+)\.layer\.(\d+)\.convolution\./, 'layer$1.$2.conv$3.'],
  [/^resnet\.encoder\.stages\.(\d+)\.layers\.(\d+)\.layer\.(\d+)\.normalization\./, 'layer$1.$2.bn$3.'],
  [/^classifier\.1\./, 'fc.'],
];

/**
 * Renames the tensors of a ResNet. What wraps the network (`module.` of DataParallel, `model.` of Lightning) is removed, and
 * the counters of batch normalisations are left out.
 */
export function torchvisionNames(tensors: TensorMap): Map<string, StoredTensor> {
  const names = [...tensors.keys()].filter((name) => !name.endsWith('.num_batches_tracked'));
  const prefix = commonPrefix(names);
  return new Map(names.map((name) => [torchvisionName(name.slice(prefix.length)), tensors.get(name)!]));
}

/** Everything before the stem's convolution, if all names begin with it. */
function commonPrefix(names: readonly string[]): string {
  const stem = names.find(
    (name) =>
      /(^|\.)(conv1(\.0)?\.weight|resnet\.embedder\.embedder\.convolution\.weight)$/.test(name) &&
      !/layer/.test(name),
  );
  const prefix =
    stem?.replace(/(conv1(\.0)?\.weight|resnet\.embedder\.embedder\.convolution\.weight)$/, '') ?? '';
  return names.every((name) => name.startsWith(prefix)) ? prefix : '';
}

function torchvisionName(name: string): string {
  for (const [pattern, replacement] of huggingFaceNames) {
    const match = pattern.exec(name);
    if (!match) continue;
    const [whole, stage, block, layer] = match;
    // Hugging Face counts stages and layers from 0, torchvision from 1.
    const start = replacement
      .replace('$1', String(Number(stage) + 1))
      .replace('$2', block ?? '')
      .replace('$3', String(Number(layer) + 1));
    return start + name.slice(whole.length);
  }
  return name;
}

/** True for timm's networks that have the tensors of a plain ResNet and smooth their values before they scale them down. */
export function isSmoothed(architecture: string): boolean {
  return /^(se|eca)?res(net|next)(aa|blur)/.test(architecture);
}

/** True for the networks of timm and transformers that are read here, by the name that their configuration gives. */
export function isResnet(architecture: string): boolean {
  return (
    architecture === 'ResNetForImageClassification' ||
    /^((tv|gluon|ssl|swsl|ig)_)?(wide_|se)?res(net|next)(rs)?\d/.test(architecture)
  );
}
