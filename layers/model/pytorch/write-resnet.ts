/** A ResNet of PyTorch as an ONNX graph: `images` float32 [batch, channels, height, width] -> `logits` [batch, classes]. */
import { createGraph, type GraphBuilder } from '../onnx/graph.ts';
import { writeGraph } from '../onnx/write-graph.ts';
import type { Size } from '../source-network.ts';
import type { ConvolutionUnit, ResnetBlock, TorchResnet } from './resnet.ts';

// The default of torch.nn.BatchNorm2d.
const epsilon = 1e-5;

/**
 * Writes the network and its weights into a folder, with every batch normalisation folded into the convolution before it.
 *
 * @returns The path of the .onnx file.
 * @throws UnusableModel if a weight is not a finite number.
 */
export function writeTorchResnet(resnet: TorchResnet, size: Size, path: string, folder: string): string {
  const graph = createGraph(path, 'images');
  const stem = graph.node('Relu', 'relu', [convolution(graph, resnet.stem, 'images')]);
  const pooled = graph.node('MaxPool', 'maxpool', [stem], {
    kernel_shape: [3, 3],
    strides: [2, 2],
    pads: [1, 1, 1, 1],
  });
  const features = resnet.blocks.reduce((input, block) => residual(graph, block, input), pooled);
  const averages = graph.node('Flatten', 'flat', [graph.node('GlobalAveragePool', 'avgpool', [features])]);
  const { weight, bias } = resnet.head;
  graph.node(
    'Gemm',
    'logits',
    [
      averages,
      graph.weight('fc.weight', weight.shape, weight.read),
      graph.weight('fc.bias', bias.shape, bias.read),
    ],
    { transB: 1 },
  );
  return writeGraph(
    graph,
    {
      title: resnet.title,
      input: { name: 'images', dims: ['batch', resnet.channels, size.height, size.width] },
      outputs: [{ name: 'logits', dims: ['batch', resnet.classes] }],
    },
    folder,
  );
}

function residual(graph: GraphBuilder, { name, convolutions, shortcut }: ResnetBlock, input: string): string {
  const last = convolutions.length - 1;
  const branch = convolutions.reduce((value, unit, i) => {
    const output = convolution(graph, unit, value);
    return i < last ? graph.node('Relu', `${unit.name}.relu`, [output]) : output;
  }, input);
  const kept = shortcut ? convolution(graph, shortcut, input) : input;
  return graph.node('Relu', `${name}.relu`, [graph.node('Add', `${name}.add`, [branch, kept])]);
}

function convolution(graph: GraphBuilder, unit: ConvolutionUnit, input: string): string {
  const { name, shape, groups, stride } = unit;
  const [outputs, , side] = shape;
  const pad = (side - 1) / 2;
  return graph.node(
    'Conv',
    name,
    [
      input,
      graph.weight(`${name}.weight`, shape, () => foldedKernel(unit)),
      graph.weight(`${name}.bias`, [outputs], () => foldedBias(unit)),
    ],
    { kernel_shape: [side, side], strides: [stride, stride], pads: [pad, pad, pad, pad], group: groups },
  );
}

/** gamma / sqrt(variance + epsilon), in double precision. */
function scalesOf({ gamma, variance }: ConvolutionUnit): Float64Array {
  const variances = variance.read();
  return Float64Array.from(gamma.read(), (value, i) => value / Math.sqrt(variances[i]! + epsilon));
}

function foldedKernel(unit: ConvolutionUnit): Float32Array {
  const scales = scalesOf(unit);
  const kernel = unit.kernel.read();
  const perOutput = kernel.length / scales.length;
  return kernel.map((value, i) => value * scales[Math.floor(i / perOutput)]!);
}

function foldedBias(unit: ConvolutionUnit): Float32Array {
  const scales = scalesOf(unit);
  const mean = unit.mean.read();
  return unit.beta.read().map((beta, i) => beta - mean[i]! * scales[i]!);
}
