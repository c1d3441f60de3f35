/** A ResNet of PyTorch as an ONNX graph: `images` float32 [batch, channels, height, width] -> `logits` [batch, classes]. */
import { createGraph, type GraphBuilder } from '../onnx/graph.ts';
import { writeGraph } from '../onnx/write-graph.ts';
import type { Size } from '../source-network.ts';
import type { TorchResnet } from './resnet.ts';
import type { ResnetBlock } from './resnet-block.ts';
import type { ConvolutionUnit, PointwiseLayer } from './resnet-parts.ts';

type Gate = NonNullable<ResnetBlock['gate']>;

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
  const stem = resnet.stem.reduce((input, unit) => activated(graph, unit, input), 'images');
  const features = resnet.blocks.reduce(
    (input, block) => residual(graph, block, input),
    pooled(graph, resnet.pool, stem),
  );
  const averages = graph.node('Flatten', 'flat', [graph.node('GlobalAveragePool', 'avgpool', [features])]);
  const { head } = resnet;
  const dense = pointwise(graph, head, [head.outputs, head.inputs]);
  graph.node('Gemm', 'logits', [averages, ...dense], { transB: 1 });
  return writeGraph(
    graph,
    {
      title: resnet.title,
      input: { name: 'images', dims: ['batch', resnet.channels, size.height, size.width] },
      outputs: [{ name: 'logits', dims: ['batch', head.outputs] }],
    },
    folder,
  );
}

function activated(graph: GraphBuilder, unit: ConvolutionUnit, input: string): string {
  return graph.node('Relu', `${unit.name}.relu`, [convolution(graph, unit, input)]);
}

function pooled(graph: GraphBuilder, pool: ConvolutionUnit | undefined, input: string): string {
  if (pool) return activated(graph, pool, input);
  return graph.node('MaxPool', 'maxpool', [input], {
    kernel_shape: [3, 3],
    strides: [2, 2],
    pads: [1, 1, 1, 1],
  });
}

function residual(graph: GraphBuilder, block: ResnetBlock, input: string): string {
  const { name, convolutions, gate, shortcut } = block;
  const last = convolutions.length - 1;
  const branch = convolutions.reduce(
    (value, unit, i) => (i < last ? activated(graph, unit, value) : convolution(graph, unit, value)),
    input,
  );
  const gated = gate ? weighted(graph, gate, branch) : branch;
  const kept = shortcut
    ? convolution(graph, shortcut, block.averages ? averaged(graph, name, input) : input)
    : input;
  return graph.node('Relu', `${name}.relu`, [graph.node('Add', `${name}.add`, [gated, kept])]);
}

/** timm's AvgPool2d(2, 2, ceil_mode=True, count_include_pad=False): a last odd pixel is averaged with itself. */
function averaged(graph: GraphBuilder, name: string, input: string): string {
  return graph.node('AveragePool', `${name}.average`, [input], {
    kernel_shape: [2, 2],
    strides: [2, 2],
    ceil_mode: 1,
    count_include_pad: 0,
  });
}

/** Squeeze and excitation. */
function weighted(graph: GraphBuilder, [squeeze, excitation]: Gate, input: string): string {
  const convolved = (layer: PointwiseLayer, value: string) =>
    graph.node('Conv', layer.name, [value, ...pointwise(graph, layer, [layer.outputs, layer.inputs, 1, 1])], {
      kernel_shape: [1, 1],
    });
  const means = graph.node('GlobalAveragePool', `${squeeze.name}.means`, [input]);
  const squeezed = graph.node('Relu', `${squeeze.name}.relu`, [convolved(squeeze, means)]);
  const weights = graph.node('Sigmoid', `${excitation.name}.sigmoid`, [convolved(excitation, squeezed)]);
  return graph.node('Mul', `${excitation.name}.mul`, [input, weights]);
}

function pointwise(
  graph: GraphBuilder,
  { name, outputs, weight, bias }: PointwiseLayer,
  shape: readonly number[],
): [weight: string, bias: string] {
  return [
    graph.weight(`${name}.weight`, shape, weight.read),
    graph.weight(`${name}.bias`, [outputs], bias.read),
  ];
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
