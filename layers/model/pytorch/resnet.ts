/**
 * Finds the parts of a ResNet among named tensors. Kinds of blocks, widths and groups follow from the shapes, so ResNet18 to 152,
 * wide ones, ResNeXt, ResNet-D and SE-ResNet are all read; every tensor has to be one that such a network has.
 */
import { UnusableModel } from '../unusable-model.ts';
import { ownCode } from './refusals.ts';
import { findBlock, type ResnetBlock } from './resnet-block.ts';
import { torchvisionNames } from './resnet-names.ts';
import { type ConvolutionUnit, createParts, type Parts, type PointwiseLayer } from './resnet-parts.ts';
import type { StoredTensor, TensorMap } from './tensor-file.ts';

export interface TorchResnet {
  readonly title: string;
  readonly channels: 1 | 3;
  /** One convolution of 7x7 pixels, or three of 3x3. */
  readonly stem: readonly ConvolutionUnit[];
  /** The convolution that stands in for the maximum pooling after the stem, as in ResNet-RS. */
  readonly pool?: ConvolutionUnit;
  readonly blocks: readonly ResnetBlock[];
  readonly head: PointwiseLayer;
  /** The head is the only layer with weights in a sequence, whose other layers the file does not show. */
  readonly isHeadInSequence: boolean;
}

/** @throws UnusableModel naming the tensor that is missing, unknown, or of another shape than expected. */
export function findTorchResnet(tensors: TensorMap, path: string): TorchResnet {
  const renamed = torchvisionNames(tensors);
  const parts = createParts(renamed, path);
  const channels = channelsOf(renamed, path);
  const stem = findStem(parts, channels);
  let [width] = stem.at(-1)!.shape;
  const pool = parts.has('maxpool.0.weight')
    ? parts.unit('maxpool.0', 'maxpool.1', { inputs: width, size: 3, stride: 2 })
    : undefined;
  const stages = [1, 2, 3, 4].map((stage) => blockCount(renamed, stage));
  const blocks: ResnetBlock[] = [];
  stages.forEach((count, i) => {
    for (let block = 0; block < count; block++) {
      const stride = block === 0 && i > 0 ? 2 : 1;
      const found = findBlock(parts, `layer${i + 1}.${block}`, { inputs: width, stride });
      blocks.push(found);
      [width] = found.convolutions.at(-1)!.shape;
    }
  });
  const head = parts.layer(headName(renamed, path), width);
  parts.assertAllTaken();
  return {
    title: titleOf(stages, stem.length > 1, blocks),
    channels,
    stem,
    ...(pool && { pool }),
    blocks,
    head,
    isHeadInSequence: head.name !== 'fc',
  };
}

function channelsOf(tensors: ReadonlyMap<string, StoredTensor>, path: string): 1 | 3 {
  const stem = tensors.get('conv1.weight') ?? tensors.get('conv1.0.weight');
  const channels = stem?.shape[1];
  if (channels === 3 || channels === 1) return channels;
  throw new UnusableModel(
    `${path} is not a ResNet of torchvision, timm or Hugging Face: ${channels === undefined ? "it has no tensor 'conv1.weight'" : `its input has ${channels} channels`}. ${ownCode(path)}`,
  );
}

function findStem(parts: Parts, channels: number): ConvolutionUnit[] {
  if (!parts.has('conv1.0.weight'))
    return [parts.unit('conv1', 'bn1', { inputs: channels, size: 7, stride: 2 })];
  const first = parts.unit('conv1.0', 'conv1.1', { inputs: channels, size: 3, stride: 2 });
  const second = parts.unit('conv1.3', 'conv1.4', { inputs: first.shape[0], size: 3, stride: 1 });
  return [first, second, parts.unit('conv1.6', 'bn1', { inputs: second.shape[0], size: 3, stride: 1 })];
}

function blockCount(tensors: ReadonlyMap<string, StoredTensor>, stage: number): number {
  let count = 0;
  while (tensors.has(`layer${stage}.${count}.conv1.weight`)) count++;
  // A stage that is missing is reported by the name of its first tensor.
  return Math.max(count, 1);
}

/** `fc`, or `fc.1` where people put a dropout in front of the layer. */
function headName(tensors: ReadonlyMap<string, StoredTensor>, path: string): string {
  const names = [...tensors.keys()].filter((name) => /^fc(\.\d+)?\.weight$/.test(name));
  if (names.length === 1) return names[0]!.slice(0, -'.weight'.length);
  throw new UnusableModel(
    names.length === 0
      ? `${path} has no tensor 'fc.weight', so no classes: it is a network without its last layer. Save the whole network after its training`
      : `${path} ends with several layers (${names.join(', ')}), and does not tell what stands between them. ${ownCode(path)}`,
  );
}

function titleOf(stages: readonly number[], hasDeepStem: boolean, blocks: readonly ResnetBlock[]): string {
  const layers = blocks.reduce((sum, { convolutions }) => sum + convolutions.length, 2);
  const [first] = blocks;
  const isBottleneck = first!.convolutions.length === 3;
  const middle = first!.convolutions[isBottleneck ? 1 : 0]!;
  const kind = first!.gate ? 'SE-' : '';
  const isD = blocks.some(({ averages }) => averages);
  const design = isD ? '-D' : hasDeepStem ? '-C' : '';
  if (middle.groups > 1) return `${kind}ResNeXt${layers}${design} ${middle.groups}x${middle.shape[1]}d`;
  const isWide = isBottleneck && middle.shape[0] * 4 > first!.convolutions.at(-1)!.shape[0];
  const known = stages.join() in usual ? '' : ` (blocks ${stages.join(', ')})`;
  return `${isWide ? 'Wide ' : ''}${kind}ResNet${layers}${design}${known}`;
}

const usual = { '2,2,2,2': true, '3,4,6,3': true, '3,4,23,3': true, '3,8,36,3': true };
