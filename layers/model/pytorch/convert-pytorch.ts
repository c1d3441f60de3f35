/** A file of PyTorch weights -> an ONNX network. */
import { readFile } from 'node:fs/promises';
import type { Size, SourceNetwork } from '../source-network.ts';
import { findTorchResnet } from './resnet.ts';
import { readSafetensors } from './safetensors.ts';
import { readStateDict } from './state-dict.ts';
import { isZip } from './torch-file.ts';
import { writeTorchResnet } from './write-resnet.ts';

/** The network in ONNX; its file says nothing of the pixels or the head. */
export type TorchNetwork = Pick<SourceNetwork, 'title' | 'onnxPath' | 'input' | 'output' | 'ending'> & {
  readonly channels: 1 | 3;
  readonly classes: number;
};

// The size that torchvision's weights are evaluated with.
const defaultSize: Size = { width: 224, height: 224 };

/**
 * Converts the weights of a ResNet: a state dict or a safetensors file, in the names of torchvision, timm or Hugging Face.
 *
 * @param folder Takes the network.
 * @throws UnusableModel naming the tensor, opcode or class that cannot be used.
 */
export async function convertPytorch(
  path: string,
  size: Size | undefined,
  folder: string,
): Promise<TorchNetwork> {
  const bytes = await readFile(path);
  const tensors = isPickle(bytes) ? readStateDict(bytes, path) : readSafetensors(bytes, path);
  const resnet = findTorchResnet(tensors, path);
  const pixels = size ?? defaultSize;
  return {
    title: `${resnet.title} of PyTorch`,
    onnxPath: writeTorchResnet(resnet, pixels, path, folder),
    input: { name: 'images', layout: 'NCHW', ...pixels },
    output: { name: 'logits' },
    ending: { kind: 'logits', description: 'ends with a linear layer' },
    channels: resnet.channels,
    classes: resnet.classes,
  };
}

function isPickle(bytes: Uint8Array): boolean {
  return isZip(bytes) || bytes[0] === 0x80;
}
