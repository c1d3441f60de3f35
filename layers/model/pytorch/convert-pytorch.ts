/** A file of PyTorch weights -> an ONNX network. */
import { readFile } from 'node:fs/promises';
import type { LabelList } from '../labels.ts';
import type { Size, SourceNetwork } from '../source-network.ts';
import { shown, UnusableModel } from '../unusable-model.ts';
import { ownCode } from './refusals.ts';
import { findTorchResnet, type TorchResnet } from './resnet.ts';
import { isSmoothed } from './resnet-names.ts';
import { readSafetensors } from './safetensors.ts';
import { readStateDict, type StateDict } from './state-dict.ts';
import { isZip } from './torch-file.ts';
import { writeTorchResnet } from './write-resnet.ts';

/** The network in ONNX; its file says nothing of the pixels or the head. */
export type TorchNetwork = Pick<
  SourceNetwork,
  'title' | 'onnxPath' | 'input' | 'output' | 'ending' | 'assumptions'
> & {
  readonly channels: 1 | 3;
  readonly classes: number;
  /** The names of the classes, if a checkpoint holds them. */
  readonly labels?: LabelList;
};

export interface TorchOptions {
  /** Pixels; 224x224 by default, the size that torchvision's weights are evaluated with. */
  readonly size?: Size;
  /** Takes the network. */
  readonly folder: string;
}

const defaultSize: Size = { width: 224, height: 224 };

/**
 * Converts the weights of a ResNet: a state dict or a safetensors file, in the names of torchvision, timm or Hugging Face.
 *
 * @throws UnusableModel naming the tensor, opcode or class that cannot be used.
 */
export async function convertPytorch(
  path: string,
  { size = defaultSize, folder }: TorchOptions,
): Promise<TorchNetwork> {
  const bytes = await readFile(path);
  const dict: StateDict = isPickle(bytes)
    ? readStateDict(bytes, path)
    : { tensors: readSafetensors(bytes, path) };
  const { architecture } = dict;
  if (architecture !== undefined && isSmoothed(architecture)) {
    throw new UnusableModel(
      `${path} holds the weights of ${shown(architecture)}, which smooths its values before it scales them down. ${ownCode(path)}`,
    );
  }
  const resnet = findTorchResnet(dict.tensors, path);
  return {
    title: `${resnet.title} of PyTorch`,
    onnxPath: writeTorchResnet(resnet, size, path, folder),
    input: { name: 'images', layout: 'NCHW', ...size },
    output: { name: 'logits' },
    ending: endingOf(resnet),
    channels: resnet.channels,
    classes: resnet.head.outputs,
    ...(dict.labels && { labels: dict.labels }),
    ...(architecture === undefined && { assumptions: [assumption] }),
  };
}

const assumption =
  "the layers without weights are those of torchvision's and timm's plain ResNets (ReLU, maximum pooling, strides), which a file of weights does not show";

function endingOf({ head, isHeadInSequence }: TorchResnet): TorchNetwork['ending'] {
  return isHeadInSequence
    ? {
        kind: 'unknown',
        description: `ends with '${head.name}', a linear layer in a sequence that may hold an activation after it,`,
      }
    : { kind: 'logits', description: 'ends with a linear layer' };
}

function isPickle(bytes: Uint8Array): boolean {
  return isZip(bytes) || bytes[0] === 0x80;
}
