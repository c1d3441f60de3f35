/** The residual blocks of a ResNet, with the shortcuts of ResNet-D and the gates of SE-ResNet where they are there. */
import type { ConvolutionUnit, Parts, PointwiseLayer } from './resnet-parts.ts';

export interface ResnetBlock {
  readonly name: string;
  /** Two for basic blocks, three for bottlenecks. */
  readonly convolutions: readonly ConvolutionUnit[];
  readonly shortcut?: ConvolutionUnit;
  /** The shortcut averages 2x2 pixels before its convolution, as in ResNet-D. */
  readonly averages: boolean;
  /** Squeeze and excitation: the block's channels are weighted by two layers on their means. */
  readonly gate?: readonly [squeeze: PointwiseLayer, excitation: PointwiseLayer];
}

export interface BlockPlace {
  /** The channels that the block gets. */
  readonly inputs: number;
  readonly stride: 1 | 2;
}

/** @throws UnusableModel naming the tensor that is missing or of another shape. */
export function findBlock(parts: Parts, name: string, { inputs, stride }: BlockPlace): ResnetBlock {
  const convolutions: ConvolutionUnit[] = [];
  const isBottleneck = parts.has(`${name}.conv3.weight`);
  const sizes = isBottleneck ? [1, 3, 1] : [3, 3];
  // torchvision's ResNets scale down in the first 3x3 convolution of a block.
  const scaling = isBottleneck ? 1 : 0;
  let width = inputs;
  for (const [i, size] of sizes.entries()) {
    const found = parts.unit(`${name}.conv${i + 1}`, `${name}.bn${i + 1}`, {
      inputs: width,
      size,
      stride: i === scaling ? stride : 1,
    });
    convolutions.push(found);
    [width] = found.shape;
  }
  const gate = findGate(parts, `${name}.se`, width);
  const shortcut = findShortcut(parts, `${name}.downsample`, { inputs, outputs: width, stride });
  return { name, convolutions, averages: false, ...(gate && { gate }), ...shortcut };
}

function findShortcut(
  parts: Parts,
  name: string,
  { inputs, outputs, stride }: { readonly inputs: number; readonly outputs: number; readonly stride: 1 | 2 },
): Pick<ResnetBlock, 'shortcut' | 'averages'> | undefined {
  // Place 0 of a ResNet-D's shortcut is the pooling, which has no tensors.
  const first = parts.has(`${name}.2.weight`) ? 1 : 0;
  const isThere = parts.has(`${name}.${first}.weight`) || stride > 1 || outputs !== inputs;
  if (!isThere) return undefined;
  const averages = first === 1 && stride > 1;
  const shortcut = parts.unit(`${name}.${first}`, `${name}.${first + 1}`, {
    inputs,
    size: 1,
    stride: averages ? 1 : stride,
  });
  parts.expect(`${name}.${first}.weight`, shortcut.kernel, [outputs, inputs, 1, 1]);
  return { shortcut, averages };
}

function findGate(parts: Parts, name: string, channels: number): ResnetBlock['gate'] {
  if (!parts.has(`${name}.fc1.weight`)) return undefined;
  const squeeze = parts.layer(`${name}.fc1`, channels, [1, 1]);
  const excitation = parts.layer(`${name}.fc2`, squeeze.outputs, [1, 1]);
  parts.expect(`${name}.fc2.weight`, excitation.weight, [channels, squeeze.outputs, 1, 1]);
  return [squeeze, excitation];
}
